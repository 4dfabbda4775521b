import type { Db } from 'mongodb';
import type { DataSource } from 'typeorm';
import type { ConsumerStorage } from './consumer/storage.js';
import { MongoConsumerStorage } from './mongo/consumer-storage.js';
import { PostgresConsumerStorage } from './postgres/consumer-storage.js';

/** What consumers keep in a database, whichever it is. */
export function storageOf(database: DataSource | Db): ConsumerStorage {
  return 'databaseName' in database ? new MongoConsumerStorage(database) : new PostgresConsumerStorage(database);
}
