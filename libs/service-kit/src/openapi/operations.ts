import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];
type OperationObject = NonNullable<PathItem['get']>;
export type Operation = OperationObject & { readonly method: string; [extension: `x-${string}`]: unknown };

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

/** Every operation of a document; what is changed in them is changed in the document. */
export function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((item) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      // Not enumerable, so that it does not end in the document.
      return operation ? [Object.defineProperty(operation, 'method', { value: method }) as Operation] : [];
    }),
  );
}
