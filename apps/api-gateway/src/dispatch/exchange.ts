import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request on its way through the gateway: its headers are those for the service, its reply is hijacked. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Milliseconds until the service must have begun to answer, counted anew with each piece of a body that comes in. */
  readonly budget: number;
  /** Most bytes of a body. */
  readonly bodyLimit: number;
  /** Told that the service has begun to answer, perhaps long before it is done; may be told more than once. */
  answered?(): void;
}

/** Whether a request has a body, or may still get one. */
export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  return headers['content-length'] !== undefined && headers['content-length'] !== '0';
}
