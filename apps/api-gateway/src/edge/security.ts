import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyCorsOptions } from '@fastify/cors';
import type { onRequestHookHandler } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

const HALF_A_YEAR_SECONDS = 15_552_000;

/** For answers that are data: nothing in them may run or be framed. */
export const protectData = protection({ 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] });

/** For the page of the API: its own scripts and styles, and requests to this gateway. */
export const protectPage = protection({
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
});

/** On the raw response, so that the headers are there too when the reply is hijacked. */
function protection(directives: Record<string, string[]>): onRequestHookHandler {
  const headers = headersOf({
    contentSecurityPolicy: { useDefaults: false, directives },
    frameguard: { action: 'deny' },
    // Hosts beside this one are not ours to speak for: they may still be without TLS.
    hsts: { maxAge: HALF_A_YEAR_SECONDS, includeSubDomains: false },
    referrerPolicy: { policy: 'no-referrer' },
  });
  return (_request, { raw: response }, done) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    done();
  };
}

/** What helmet answers is the same for every request: it is asked once, its dozen of middlewares cost more than the headers. */
function headersOf(options: HelmetOptions): Array<[string, string]> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, (error) => {
    if (error) throw error;
  });
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

const EXPOSED = [
  'etag',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
  'x-request-id',
];
const PREFLIGHT_SECONDS = 600;

/** Pages of these origins may call; tokens travel in a header, so no cookies are let through. */
export function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  return {
    origin: origins.length > 0 ? [...origins] : false,
    methods: ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'],
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
  };
}
