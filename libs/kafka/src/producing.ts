import type { Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import type { KafkaLink } from './kafka-link.js';
import type { KafkaModuleOptions } from './kafka-options.js';
import { Outbox } from './outbox/outbox.js';
import { Republisher } from './outbox/republish.js';
import { OutboxRows } from './outbox/rows.js';
import { RelayLease } from './relay/lease.js';
import { RelayListener } from './relay/listener.js';
import { LogWatch } from './relay/log-watch.js';
import { RelayMetrics } from './relay/metrics.js';
import { ProcessProducer } from './relay/producer.js';
import { RelayPublisher } from './relay/publisher.js';
import { Relay } from './relay/relay.js';
import { HolderNotifier } from './relay/wake.js';
import { Topics } from './topics.js';

/** What publishes a service's facts. */
export interface Producing {
  outbox: Outbox;
  republisher: Republisher;
  relay: Relay;
}

type Options = Pick<KafkaModuleOptions, 'settings' | 'logger' | 'registry' | 'republish'> & { background: DataSource };

/** Puts the producing side together. Nothing connects before `relay.start()`. */
export function createProducing(options: Options, kafka: Kafka, link: KafkaLink): Producing {
  const { background: dataSource, settings, registry, republish = [] } = options;
  const logger = options.logger.child({ part: 'relay' });
  const outbox = new Outbox(dataSource, () => relay.wake());
  const republisher = new Republisher(dataSource, outbox, logger, republish);
  const metrics = new RelayMetrics(registry, dataSource);
  const producer = ProcessProducer.of(settings, logger);
  const topics = new Topics(kafka, settings);
  const lease = new RelayLease(dataSource, logger, settings);
  const rows = new OutboxRows(dataSource);
  const log = new LogWatch({
    dataSource,
    rows,
    topics,
    producer,
    republisher,
    logger,
    onLoss: () => metrics.logLosses.inc(),
  });
  const publisher = new RelayPublisher({ settings, rows, producer, lease, log, topics, link, metrics, logger });
  const listener = new RelayListener(dataSource, logger, () => relay.wake());
  const notifier = new HolderNotifier(dataSource, logger);
  const parts = {
    lease,
    rows,
    publisher,
    log,
    topics,
    republisher,
    listener,
    notifier,
    link,
    metrics,
    logger,
    producer,
  };
  const relay: Relay = new Relay(parts);
  return { outbox, republisher, relay };
}
