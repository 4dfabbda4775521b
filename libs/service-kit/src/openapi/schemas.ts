import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';
import { schemasReachedFrom } from './references.js';

/** Says of the schemas of bodies what the validation does: fields that are not declared are an error. */
export function closeBodies(document: OpenAPIObject): void {
  const bodies = operationsOf(document).map(({ requestBody }) => requestBody);
  for (const name of schemasReachedFrom(bodies, document)) {
    const schema = document.components?.schemas?.[name];
    if (schema && 'properties' in schema) schema.additionalProperties = false;
  }
}

/** Leaves out the classes that only consumers of facts use: swagger looks at their controllers, too. */
export function dropUnusedSchemas(document: OpenAPIObject): void {
  const used = schemasReachedFrom(document.paths, document);
  const { schemas = {} } = document.components ?? {};
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  document.components = { ...document.components, schemas: Object.fromEntries(kept) };
}
