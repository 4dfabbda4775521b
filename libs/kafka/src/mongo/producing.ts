import type { Kafka } from 'kafkajs';
import type { Db } from 'mongodb';
import type { KafkaLink } from '../kafka-link.js';
import { createRelay, type Producing, type ProducingOptions } from '../producing.js';
import type { Relay } from '../relay/relay.js';
import { MongoLeaseStore } from './lease-store.js';
import { MongoListener, wakeHolder } from './listener.js';
import { MongoLogStore } from './log-store.js';
import { MongoOutbox } from './outbox.js';
import { MongoOutboxRows } from './outbox-rows.js';
import { MongoRepublisher, type MongoRepublishSource } from './republisher.js';

interface Options extends ProducingOptions {
  background: Db;
  republish?: MongoRepublishSource[];
}

/** Puts the producing side of a service with a MongoDB database together. Nothing connects before `relay.start()`. */
export function createMongoProducing(options: Options, kafka: Kafka, link: KafkaLink): Producing<MongoOutbox> {
  const { background: db, republish = [] } = options;
  const logger = options.logger.child({ part: 'relay' });
  const outbox = new MongoOutbox(db, () => relay.wake());
  const republisher = new MongoRepublisher(db, outbox, logger, republish);
  const storage = {
    lease: new MongoLeaseStore(db),
    rows: new MongoOutboxRows(db),
    log: new MongoLogStore(db),
    republisher,
    listener: new MongoListener(db, logger, () => relay.wake()),
    notify: () => wakeHolder(db),
  };
  const relay: Relay = createRelay({ ...options, logger }, storage, kafka, link);
  return { outbox, republisher, relay };
}
