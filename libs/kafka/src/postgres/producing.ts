import type { Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import type { KafkaLink } from '../kafka-link.js';
import { Outbox } from '../outbox/outbox.js';
import type { RepublishSource } from '../outbox/republish-source.js';
import { createRelay, type Producing, type ProducingOptions } from '../producing.js';
import type { Relay } from '../relay/relay.js';
import { PostgresLeaseStore } from './lease-store.js';
import { outboxChannel, PostgresListener } from './listener.js';
import { PostgresLogStore } from './log-store.js';
import { PostgresOutboxRows } from './outbox-rows.js';
import { PostgresRepublisher } from './republisher.js';

interface Options extends ProducingOptions {
  background: DataSource;
  republish?: RepublishSource[];
}

/** Puts the producing side of a service with a PostgreSQL database together. Nothing connects before `relay.start()`. */
export function createPostgresProducing(options: Options, kafka: Kafka, link: KafkaLink): Producing {
  const { background: dataSource, republish = [] } = options;
  const logger = options.logger.child({ part: 'relay' });
  const outbox = new Outbox(dataSource, () => relay.wake());
  const republisher = new PostgresRepublisher(dataSource, outbox, logger, republish);
  const storage = {
    lease: new PostgresLeaseStore(dataSource),
    rows: new PostgresOutboxRows(dataSource),
    log: new PostgresLogStore(dataSource),
    republisher,
    listener: new PostgresListener(dataSource, logger, () => relay.wake()),
    notify: () => dataSource.query(`SELECT pg_notify($1, '')`, [outboxChannel]),
  };
  const relay: Relay = createRelay({ ...options, logger }, storage, kafka, link);
  return { outbox, republisher, relay };
}
