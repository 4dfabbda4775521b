import { durable } from '@plaza/kafka';
import { sqlState } from '@plaza/service-kit';
import { type Db, MongoClient } from 'mongodb';
import { DataSource } from 'typeorm';
import { OperatorError } from './operator-error.js';

const NO_SUCH_DATABASE = '3D000';
const CONNECTED_WITHIN_MS = 5_000;
const NAME = 'plaza-operator';

/** A connection to a service's database, whichever it is. */
export type Database = DataSource | Db;

export interface OpenDatabase {
  database: Database;
  close(): Promise<void>;
}

export class DatabaseMissing extends OperatorError {
  constructor(service: string) {
    super(`${service} has no database yet. Make it: npm run plaza -- migrate --service ${service}`);
  }
}

/** @throws OperatorError when it can't be reached, DatabaseMissing when it is not there */
export async function openPostgres(service: string, url: string): Promise<OpenDatabase> {
  const limits = { poolSize: 2, connectTimeoutMS: CONNECTED_WITHIN_MS };
  const database = new DataSource({ type: 'postgres', url, applicationName: NAME, ...limits });
  await database.initialize().catch((error: unknown) => {
    throw sqlState(error)?.code === NO_SUCH_DATABASE ? new DatabaseMissing(service) : unreachable(service, url, error);
  });
  return { database, close: () => database.destroy() };
}

/** The same. MongoDB makes a database with what is first put into it: one without migrations is not there. */
export async function openMongo(service: string, url: string): Promise<OpenDatabase> {
  const client = mongoClient(service, url);
  const database = client.db();
  try {
    if (await isEmpty(database)) throw new DatabaseMissing(service);
  } catch (error) {
    await client.close();
    throw error instanceof DatabaseMissing ? error : unreachable(service, url, error);
  }
  return { database, close: () => client.close() };
}

function mongoClient(service: string, url: string): MongoClient {
  const limits = { maxPoolSize: 2, serverSelectionTimeoutMS: CONNECTED_WITHIN_MS };
  try {
    return new MongoClient(url, { ...durable, ...limits, appName: NAME });
  } catch (error) {
    throw unreachable(service, url, error);
  }
}

async function isEmpty(db: Db): Promise<boolean> {
  return (await db.listCollections({ name: 'migrations' }).toArray()).length === 0;
}

/** Without the password that the URL may hold. */
function unreachable(service: string, url: string, error: unknown): OperatorError {
  const [, hosts = url, database = ''] = /^[^:]+:\/\/(?:[^@/]*@)?([^/?]*)\/?([^?]*)/.exec(url) ?? [];
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new OperatorError(`The database of ${service} (${database} on ${hosts}) can't be reached: ${reason}`);
}
