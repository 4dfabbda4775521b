import { type TraceContext, traceStorage } from '@plaza/kafka';
import type { Logger } from 'pino';
import { childOf } from './trace-parent.js';

export interface RequestContextParts {
  requestId: string;
  /** The caller's W3C trace context, where it sent one. */
  callersTraceparent?: string;
  deadline: number;
  logger: Logger;
}

/** What belongs to the request that is being served. */
export class RequestContext implements TraceContext {
  readonly requestId: string;
  /** W3C trace context with a span of this service's own, to be passed on. */
  readonly traceparent: string;
  /** Epoch milliseconds after which the answer is 503; Infinity for routes without one. */
  readonly deadline: number;
  readonly logger: Logger;
  /** Set by the token guard. */
  userId?: string;

  constructor(parts: RequestContextParts) {
    this.requestId = parts.requestId;
    this.traceparent = childOf(parts.callersTraceparent);
    this.deadline = parts.deadline;
    this.logger = parts.logger;
  }
}

/** The request being served, or undefined outside of one (consumers, jobs, start). */
export function requestContext(): RequestContext | undefined {
  const context = traceStorage.getStore();
  return context instanceof RequestContext ? context : undefined;
}

/** For log lines: the request, and the trace of the request or of the fact that is being handled. */
export function servedFields(): { requestId?: string; traceId?: string } {
  const context = traceStorage.getStore();
  const traceId = context?.traceparent?.slice(3, 35);
  return context instanceof RequestContext ? { requestId: context.requestId, traceId } : { traceId };
}

/** Runs something as part of a request. Facts that it adds to the outbox carry on its trace. */
export function runInRequestContext<T>(context: RequestContext, run: () => T): T {
  return traceStorage.run(context, run);
}
