import type { Kafka } from 'kafkajs';
import type { KafkaLink } from './kafka-link.js';
import type { KafkaModuleOptions } from './kafka-options.js';
import type { Outbox } from './outbox/outbox.js';
import type { Republisher } from './outbox/republish.js';
import type { OutboxRows } from './outbox/rows.js';
import { type LeaseStore, RelayLease } from './relay/lease.js';
import { type LogStore, LogWatch } from './relay/log-watch.js';
import { RelayMetrics } from './relay/metrics.js';
import { ProcessProducer } from './relay/producer.js';
import { RelayPublisher } from './relay/publisher.js';
import { Relay } from './relay/relay.js';
import { Unmarked } from './relay/unmarked.js';
import { HolderNotifier, type RelayListener } from './relay/wake.js';
import { Topics } from './topics.js';

/** What publishes a service's facts. */
export interface Producing<TheOutbox = Outbox> {
  outbox: TheOutbox;
  republisher: Republisher;
  relay: Relay;
}

export type ProducingOptions = Pick<KafkaModuleOptions, 'settings' | 'logger' | 'registry'>;

/** The relay's side of a database. */
export interface RelayStorage {
  lease: LeaseStore;
  rows: OutboxRows;
  log: LogStore;
  republisher: Republisher;
  listener: RelayListener;
  /** Tells the instance that publishes, which is another one, that facts were committed. */
  notify(): Promise<unknown>;
}

/** Puts the relay over a database together. Nothing connects before `relay.start()`. */
export function createRelay(options: ProducingOptions, storage: RelayStorage, kafka: Kafka, link: KafkaLink): Relay {
  const { settings, registry, logger } = options;
  const { rows, republisher, listener } = storage;
  const metrics = new RelayMetrics(registry, rows);
  const producer = ProcessProducer.of(settings, logger);
  const topics = new Topics(kafka, settings);
  const lease = new RelayLease(storage.lease, logger, settings);
  const unmarked = new Unmarked();
  const onLoss = () => {
    metrics.logLosses.inc();
    // They are not marked as published, so they will be published again.
    unmarked.clear();
  };
  const log = new LogWatch({ store: storage.log, rows, topics, producer, republisher, logger, onLoss });
  const publisher = new RelayPublisher({
    settings,
    rows,
    unmarked,
    producer,
    lease,
    log,
    topics,
    link,
    metrics,
    logger,
  });
  const notifier = new HolderNotifier(storage.notify, logger);
  const watching = { lease, log, listener, notifier, link, metrics };
  return new Relay({ ...watching, rows, unmarked, publisher, topics, republisher, logger, producer });
}
