import { isError } from '../errors/is-error.js';

const DUPLICATE_KEY = 11_000;

/** True for the violation of a unique index of MongoDB, or of the one with the given name (`_id_`: of the id). */
export function isDuplicateKey(error: unknown, index?: string): boolean {
  if (!isError(error) || !('code' in error) || error.code !== DUPLICATE_KEY) return false;
  return index === undefined || error.message.includes(` index: ${index} `);
}
