import { type DatabaseKind, databaseKind, type ServiceDefinition } from '@plaza/service-kit';
import type { Db } from 'mongodb';
import pg from 'pg';
import { createTestDatabase } from './databases.js';
import { createMongoDatabase } from './mongo-databases.js';

export interface FactInOutbox {
  type: string;
  key: string;
  payload: Record<string, unknown>;
}

/** The database of a service under test, whichever it is. */
export interface ServiceData {
  readonly url: string;
  /** Where it is PostgreSQL. */
  readonly pool?: pg.Pool;
  /** Where it is MongoDB. */
  readonly db?: Db;
  facts(): Promise<FactInOutbox[]>;
  drop(): Promise<void>;
}

const create: Record<DatabaseKind, () => Promise<ServiceData>> = { postgres, mongodb, none: postgres };

/** An empty database of the kind that the service has. */
export function createServiceData(definition: Pick<ServiceDefinition, 'database' | 'mongo'>): Promise<ServiceData> {
  return create[databaseKind(definition)]();
}

async function postgres(): Promise<ServiceData> {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  // `end` comes back before the server has closed them, and dropping the database may be quicker.
  pool.on('error', () => undefined);
  const facts = async () => (await pool.query<FactInOutbox>('SELECT type, key, payload FROM outbox ORDER BY id')).rows;
  const drop = async () => {
    await pool.end();
    await database.drop();
  };
  return { url: database.url, pool, facts, drop };
}

async function mongodb(): Promise<ServiceData> {
  const { url, db, drop } = await createMongoDatabase();
  const facts = async () => {
    const rows = await db
      .collection('outbox')
      .find({}, { sort: { clock: 1, _id: 1 } })
      .toArray();
    return rows.map(({ type, key, payload }) => ({ type, key, payload: JSON.parse(payload) }));
  };
  return { url, db, facts, drop };
}
