import { PreconditionFailed } from '@plaza/service-kit';
import type { FastifyReply } from 'fastify';

interface Versioned {
  version: number;
}

/** For the documentation of answers that are `tagged`. */
export const ETAG = { ETag: { description: 'The version; for `If-Match` of a change', schema: { type: 'string' } } };

/** The view of a row, with the row's version in the answer's ETag. */
export function tagged<T extends Versioned, V>(reply: FastifyReply, row: T, view: (row: T) => V): V {
  reply.header('etag', etagOf(row.version));
  return view(row);
}

/**
 * Refuses a change that was made from another version than the present one.
 * @param ifMatch the request's header: `*`, or ETags separated by commas; undefined: the writer does not mind
 * @throws PreconditionFailed VERSION_CHANGED
 */
export function requireMatch(version: number, ifMatch: string | undefined): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(etagOf(version))) return;
  throw new PreconditionFailed('VERSION_CHANGED', 'It was changed since it was read; read it again.');
}

function etagOf(version: number): string {
  return `"${version}"`;
}
