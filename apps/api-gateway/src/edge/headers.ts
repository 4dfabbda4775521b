import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** What only the platform itself says about a request; from outside it is a lie. `x-forwarded-for` is judged by address. */
const OURS =
  /^(x-plaza-|x-user-|x-auth-|x-session-|x-role|x-request-id$|x-real-ip$|x-original-|x-rewrite-|x-http-method|x-client-ip$|true-client-ip$|cf-connecting-ip$|forwarded$|x-forwarded-(?!for$))/i;

/** Belong to one connection, not to the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Takes away what a client must not say: identity headers, and those that its `Connection` header names. To be called
 * before anything reads the request. `rawHeaders` is cleaned too, since in memory the service gets this very request.
 */
export function cleanRequest(request: IncomingMessage): void {
  const refused = refusedNames(request);
  if (refused.size === 0) return;
  for (const name of refused) delete request.headers[name];
  const { rawHeaders } = request;
  const kept: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]];
    if (!refused.has(name.toLowerCase())) kept.push(name, value);
  }
  // Node derives this one from rawHeaders later, by the count it had when the request came in.
  request.headersDistinct = distinct(kept);
  request.rawHeaders = kept;
}

function refusedNames(request: IncomingMessage): Set<string> {
  const refused = new Set<string>();
  for (const name in request.headers) if (OURS.test(name)) refused.add(name);
  const named = request.headers.connection;
  if (named === undefined || named === 'keep-alive' || named === 'close') return refused;
  for (const option of named.toLowerCase().split(',')) {
    const name = option.trim();
    if (name in request.headers && !HOP_BY_HOP.has(name)) refused.add(name);
  }
  return refused;
}

function distinct(raw: readonly string[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    values[name] ??= [];
    values[name].push(raw[i + 1] ?? '');
  }
  return values;
}

/** What the gateway says about a request to the service that is to answer it, in place of whatever the client said. */
export function tell(request: IncomingMessage, facts: Record<string, string>): void {
  const { headers } = request;
  const told = Object.entries(facts);
  const kept = told.some(([name]) => name in headers) ? without(request.rawHeaders, facts) : request.rawHeaders;
  for (const [name, value] of told) {
    headers[name] = value;
    kept.push(name, value);
  }
  request.rawHeaders = kept;
}

function without(raw: readonly string[], names: object): string[] {
  return raw.filter((_, i) => !((raw[i - (i % 2)] ?? '').toLowerCase() in names));
}

/** The headers that go on to a service over HTTP. Node has answered `Expect` already. */
export function headersToSend(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const sent: IncomingHttpHeaders = {};
  for (const name in headers) if (!HOP_BY_HOP.has(name) && name !== 'expect') sent[name] = headers[name];
  return sent;
}

/** The headers of a service's answer that go on to the client. */
export function headersToAnswer(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const sent: IncomingHttpHeaders = {};
  for (const name in headers) if (!HOP_BY_HOP.has(name)) sent[name] = headers[name];
  return sent;
}
