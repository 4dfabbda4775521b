import type { OpenAPIObject } from '@nestjs/swagger';

const SCHEMAS = '#/components/schemas/';

/** The names of all schemas that a piece of the document refers to, directly or through others. */
export function schemasReachedFrom(piece: unknown, document: OpenAPIObject): Set<string> {
  const reached = new Set<string>();
  const queue = [...namesIn(piece)];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    queue.push(...namesIn(document.components?.schemas?.[name]));
  }
  return reached;
}

function* namesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === '$ref' && typeof item === 'string' && item.startsWith(SCHEMAS)) yield item.slice(SCHEMAS.length);
    else yield* namesIn(item);
  }
}
