import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const SANE = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's `x-request-id` where it can stand in headers and logs, else a new one. */
export function requestIdOf({ headers }: { headers: IncomingHttpHeaders }): string {
  const callers = headers['x-request-id'];
  return typeof callers === 'string' && SANE.test(callers) ? callers : randomUUID();
}
