import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';

const REFERENCE = '#/components/schemas/';

/** Says of the schemas of bodies what the validation does: fields that are not declared are an error. */
export function closeBodies(document: OpenAPIObject): void {
  const bodies = operationsOf(document).flatMap(({ requestBody }) => [...namesIn(requestBody)]);
  const reached = new Set<string>();
  for (const name of bodies) reach(name, document, reached);
  for (const name of reached)
    Object.assign(document.components?.schemas?.[name] ?? {}, { additionalProperties: false });
}

function reach(name: string, document: OpenAPIObject, reached: Set<string>): void {
  if (reached.has(name)) return;
  reached.add(name);
  for (const next of namesIn(document.components?.schemas?.[name])) reach(next, document, reached);
}

function* namesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === '$ref' && typeof item === 'string' && item.startsWith(REFERENCE)) yield item.slice(REFERENCE.length);
    else yield* namesIn(item);
  }
}
