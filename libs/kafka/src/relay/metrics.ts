import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { OutboxRows } from '../outbox/rows.js';

/** What the relay tells Prometheus. The gauges of the outbox are counted in the database when they are scraped. */
export class RelayMetrics {
  readonly holder: Gauge;
  readonly published: Histogram;
  readonly failed: Counter;
  readonly logLosses: Counter;

  constructor(registry: Registry, rows: Pick<OutboxRows, 'backlog' | 'failed'>) {
    const registers = [registry];
    this.holder = new Gauge({
      name: 'plaza_relay_holder',
      help: '1 where this instance publishes the outbox of its service',
      registers,
    });
    this.published = new Histogram({
      name: 'plaza_outbox_publish_seconds',
      help: 'From the creation of a fact to its acknowledgement by Kafka',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
      registers,
    });
    this.failed = new Counter({
      name: 'plaza_outbox_failures_total',
      help: 'Facts that Kafka refuses for what they are; each holds back its key',
      registers,
    });
    this.logLosses = new Counter({
      name: 'plaza_relay_log_losses_total',
      help: 'How often Kafka was found to have lost what it had acknowledged',
      registers,
    });
    gaugeOf(registry, {
      name: 'plaza_outbox_backlog',
      help: 'Facts that are not known to have reached Kafka',
      count: () => rows.backlog(),
    });
    gaugeOf(registry, {
      name: 'plaza_outbox_failed',
      help: 'Facts that Kafka refused and that hold back their keys',
      count: () => rows.failed(),
    });
  }
}

function gaugeOf(registry: Registry, of: { name: string; help: string; count: () => Promise<number> }): void {
  new Gauge({
    name: of.name,
    help: of.help,
    registers: [registry],
    async collect() {
      // While the database is away its gauges are unknown, and the others must still be readable.
      this.set(await of.count().catch(() => Number.NaN));
    },
  });
}
