import { AsyncLocalStorage } from 'node:async_hooks';

/** What a fact takes along from the request or the fact that caused it. */
export interface TraceContext {
  /** W3C `traceparent`. */
  traceparent?: string;
}

/** Filled around each request (by the service's kit) and each handled fact; `Outbox` and the logs read it. */
export const traceStorage = new AsyncLocalStorage<TraceContext>();
