import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ParkedCount } from './storage.js';

export type FactOutcome = 'applied' | 'duplicate' | 'parked' | 'dropped';

/** What the consumers of one service count. */
export class ConsumerMetrics {
  readonly facts: Counter<'consumer' | 'outcome'>;
  readonly failures: Counter<'consumer' | 'kind'>;
  readonly handling: Histogram<'consumer' | 'type'>;

  /** `lags` and `parked` are asked when the metrics are read; `parked` may not know, and then the last answer stays. */
  constructor(
    registry: Registry,
    lags: () => Array<{ name: string; lag: number | undefined }>,
    parked: () => Promise<ParkedCount[] | undefined>,
  ) {
    const registers = [registry];
    this.facts = new Counter({
      name: 'plaza_consumer_facts_total',
      help: 'Facts by what became of them: applied, duplicate, parked (to the dead letters), dropped (broadcast only)',
      labelNames: ['consumer', 'outcome'],
      registers,
    });
    this.failures = new Counter({
      name: 'plaza_consumer_failures_total',
      help: 'Failed tries: dependency (tried again for ever) or handler (parks the key in the end)',
      labelNames: ['consumer', 'kind'],
      registers,
    });
    this.handling = new Histogram({
      name: 'plaza_consumer_handler_seconds',
      help: 'Time a handler takes, for a fact or a run of facts',
      labelNames: ['consumer', 'type'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
      registers,
    });
    lagGauge(registers, lags);
    parkedGauge(registers, parked);
  }
}

function lagGauge(registers: Registry[], lags: () => Array<{ name: string; lag: number | undefined }>): void {
  new Gauge({
    name: 'plaza_consumer_lag',
    help: 'Records in Kafka that this process has still to apply',
    labelNames: ['consumer'],
    registers,
    collect() {
      for (const { name: consumer, lag } of lags()) if (lag !== undefined) this.set({ consumer }, lag);
    },
  });
}

function parkedGauge(registers: Registry[], parked: () => Promise<ParkedCount[] | undefined>): void {
  new Gauge({
    name: 'plaza_parked_keys',
    help: 'Keys whose facts wait in the dead letters: RETRYING by themselves, PARKED for someone to replay. Alarm on PARKED',
    labelNames: ['consumer', 'state'],
    registers,
    async collect() {
      const rows = await parked();
      if (!rows) return;
      this.reset();
      for (const { consumer, state, keys } of rows) this.set({ consumer, state }, keys);
    },
  });
}
