import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';

/** Where a field of a body may be null, a parameter of a query can only be left out. */
export function dropNullsFromQueries(document: OpenAPIObject): void {
  for (const parameter of operationsOf(document).flatMap(({ parameters = [] }) => parameters)) {
    const schema: object = 'schema' in parameter && parameter.schema ? parameter.schema : {};
    if (!('type' in schema) || !Array.isArray(schema.type)) continue;
    const types = schema.type.filter((type) => type !== 'null');
    schema.type = types.length === 1 ? types[0] : types;
  }
}
