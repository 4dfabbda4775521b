import type { MigrationInterface } from 'typeorm';
import { CreateOutbox1795255200000 } from './migrations/20261121T1000-create-outbox.js';
import { CreateRelay1795255260000 } from './migrations/20261121T1001-create-relay.js';
import { CreateConsumerTables1795255800000 } from './migrations/20261121T1010-create-consumer-tables.js';

import { createOutbox } from './mongo/migrations/20261125T1000-create-outbox.js';
import { createRelay } from './mongo/migrations/20261125T1001-create-relay.js';
import { createConsumerCollections } from './mongo/migrations/20261125T1010-create-consumer-collections.js';
import type { MongoMigration } from './mongo/migrations.js';

type MigrationClass = new () => MigrationInterface;

/** Tables of the outbox, the relay and the consumers, for the database of every service that has one. */
export const kafkaMigrations: MigrationClass[] = [
  CreateOutbox1795255200000,
  CreateRelay1795255260000,
  CreateConsumerTables1795255800000,
];

/** The same for a MongoDB database. */
export const kafkaMongoMigrations: MongoMigration[] = [createOutbox, createRelay, createConsumerCollections];
