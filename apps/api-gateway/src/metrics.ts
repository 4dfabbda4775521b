import { Counter, Gauge, type Registry } from 'prom-client';
import type { GuardedUpstream } from './dispatch/guarded-upstream.js';

/** What the gateway counts beside the requests that every service counts. */
export class GatewayMetrics {
  private readonly refusals: Counter<'limit'>;

  constructor(registry: Registry, upstreams: readonly GuardedUpstream[]) {
    this.refusals = new Counter({
      name: 'plaza_gateway_rate_limited_total',
      help: 'Requests refused because a limit was spent',
      labelNames: ['limit'],
      registers: [registry],
    });
    new Gauge({
      name: 'plaza_gateway_circuit_open',
      help: '1 while a service is left in peace because it did not answer',
      labelNames: ['upstream'],
      registers: [registry],
      collect() {
        for (const { service, breaker } of upstreams) {
          this.set({ upstream: service }, breaker.state === 'closed' ? 0 : 1);
        }
      },
    });
  }

  refused(limit: string): void {
    this.refusals.inc({ limit });
  }
}
