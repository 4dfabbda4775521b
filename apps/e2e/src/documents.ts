import { type Db, MongoClient } from 'mongodb';
import type { Platform } from './platform.js';
import type { ServiceDatabase } from './services.js';

/** Works on a service's database in MongoDB with queries of its own, never through the service. */
export async function inDocuments<T>(
  platform: Platform,
  work: (db: Db) => Promise<T>,
  service: ServiceDatabase = 'messaging_service',
): Promise<T> {
  const client = new MongoClient(platform.databases[service], { serverSelectionTimeoutMS: 5_000, timeoutMS: 20_000 });
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}
