import { randomUUID } from 'node:crypto';
import { type RoutedService, serviceOf } from '../routes.js';
import type { Call, CallAnswer } from './call.js';
import type { GuardedUpstream } from './guarded-upstream.js';
import { serviceAbsent } from './handover-problems.js';

/** In whose name a request is made. */
export interface Caller {
  readonly token: { readonly text: string };
  readonly address: string;
}

export interface CallsParts {
  upstreams: readonly GuardedUpstream[];
  /** Milliseconds. */
  budget: number;
}

/** What a service gets less of than the gateway gives itself, so that its own 503 comes first and says more. */
const MARGIN_MS = 100;

/** Requests to services in the name of a client, with its own token: the service decides as for any other. */
export class Calls {
  constructor(private readonly parts: CallsParts) {}

  /** Whether this installation has the service at all. */
  has(service: RoutedService): boolean {
    return this.upstreamOf(service) !== undefined;
  }

  /** @throws Unavailable where the service does not answer */
  async call(caller: Caller, request: { method: Call['method']; path: string; body?: unknown }): Promise<CallAnswer> {
    const { method, path, body } = request;
    const service = serviceOf(path.split('?', 1)[0] ?? path);
    const upstream = service && this.upstreamOf(service);
    if (!upstream) throw serviceAbsent(service ?? 'This service');
    const call = {
      method,
      path,
      headers: this.headersFor(caller, body),
      body: body === undefined ? undefined : JSON.stringify(body),
    };
    return upstream.call(call, this.parts.budget);
  }

  private upstreamOf(service: RoutedService): GuardedUpstream | undefined {
    return this.parts.upstreams.find((upstream) => upstream.service === service);
  }

  private headersFor({ token, address }: Caller, body: unknown): Record<string, string> {
    return {
      accept: 'application/json',
      authorization: `Bearer ${token.text}`,
      'x-request-id': randomUUID(),
      'x-forwarded-for': address,
      'x-plaza-deadline': String(Math.max(1, this.parts.budget - MARGIN_MS)),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
  }
}
