import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from 'pino';

/** What belongs to the request that is being served. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C trace context with this service's own span, to be passed on. */
  readonly traceparent: string;
  /** Epoch milliseconds after which the answer is 503. Infinity for routes without one. */
  readonly deadline: number;
  readonly service: string;
  readonly logger: Logger;
  /** Set by the token guard. */
  userId?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The request being served, or undefined outside of one (consumers, jobs, start). */
export function requestContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs something as part of a request. */
export function runInRequestContext<T>(context: RequestContext, run: () => T): T {
  return storage.run(context, run);
}
