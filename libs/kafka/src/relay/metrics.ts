import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';

/** What the relay tells Prometheus. The gauges of the outbox are counted in the database when they are scraped. */
export class RelayMetrics {
  readonly holder: Gauge;
  readonly published: Histogram;
  readonly failed: Counter;
  readonly logLosses: Counter;

  constructor(registry: Registry, dataSource: DataSource) {
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
    gaugeOf(registry, dataSource, {
      name: 'plaza_outbox_backlog',
      help: 'Facts that have not reached Kafka',
      sql: 'SELECT count(*)::float8 AS value FROM outbox WHERE published_at IS NULL',
    });
    gaugeOf(registry, dataSource, {
      name: 'plaza_outbox_failed',
      help: 'Facts that Kafka refused and that hold back their keys',
      sql: 'SELECT count(*)::float8 AS value FROM outbox WHERE failed_reason IS NOT NULL',
    });
  }
}

function gaugeOf(registry: Registry, dataSource: DataSource, of: { name: string; help: string; sql: string }): void {
  new Gauge({
    name: of.name,
    help: of.help,
    registers: [registry],
    async collect() {
      // While the database is away its gauges are unknown, and the others must still be readable.
      const [row] = await dataSource.query<Array<{ value: number }>>(of.sql).catch(() => []);
      this.set(row?.value ?? Number.NaN);
    },
  });
}
