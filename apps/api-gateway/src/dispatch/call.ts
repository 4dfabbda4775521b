import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** A request that the gateway makes by itself, in a client's name. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  headers: Record<string, string>;
  /** JSON. */
  body?: string;
}

/** What a service answered. */
export interface CallAnswer {
  status: number;
  headers: IncomingHttpHeaders | OutgoingHttpHeaders;
  /** Parsed; undefined where it is empty or no JSON. */
  body: unknown;
}

/** The body of an answer, as far as it is JSON: a service may also be answered for by something in between. */
export function jsonOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The status says enough.
    return undefined;
  }
}
