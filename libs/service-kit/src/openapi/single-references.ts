import type { OpenAPIObject } from '@nestjs/swagger';

/** OpenAPI 3.1 lets a reference stand beside other keywords; the `allOf` of one that 3.0 needed only confuses readers. */
export function unwrapSingleReferences(document: OpenAPIObject): void {
  unwrap(document.paths);
  unwrap(document.components);
}

function unwrap(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const item of Object.values(value)) unwrap(item);
  if (!('allOf' in value) || !Array.isArray(value.allOf) || value.allOf.length !== 1) return;
  const [only] = value.allOf;
  delete value.allOf;
  Object.assign(value, only);
}
