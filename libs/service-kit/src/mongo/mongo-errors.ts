import { isError } from '../errors/is-error.js';

const DUPLICATE_KEY = 11_000;

/** True for the violation of a unique index of MongoDB, or of the one with the given name (`_id_`: of the id). */
export function isDuplicateKey(error: unknown, index?: string): boolean {
  if (!isError(error) || !('code' in error) || error.code !== DUPLICATE_KEY) return false;
  // The first one: what follows repeats the value, which is a client's.
  return index === undefined || / index: (\S+) /.exec(error.message)?.[1] === index;
}
