import { types } from 'node:util';

/** Errors of every making: those of other realms are no `instanceof Error`, and Fastify's are not native. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}
