import type { MigrationInterface } from 'typeorm';
import { CreateOutbox1795255200000 } from './migrations/20261121T1000-create-outbox.js';
import { CreateRelay1795255260000 } from './migrations/20261121T1001-create-relay.js';
import { CreateConsumerTables1795255800000 } from './migrations/20261121T1010-create-consumer-tables.js';

type MigrationClass = new () => MigrationInterface;

/** Tables of the outbox, the relay and the consumers, for the database of every service that has one. */
export const kafkaMigrations: MigrationClass[] = [
  CreateOutbox1795255200000,
  CreateRelay1795255260000,
  CreateConsumerTables1795255800000,
];
