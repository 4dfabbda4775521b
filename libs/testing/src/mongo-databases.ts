import { randomBytes } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { testServers } from './servers.js';

/** A MongoDB database of one's own on the test server, and a connection to it for the test itself. */
export interface TestMongoDatabase {
  url: string;
  name: string;
  db: Db;
  /** Removes the database and closes the connection. */
  drop(): Promise<void>;
}

/** An empty database. `url`: of another server than that of the tests. */
export async function createMongoDatabase(url: string = testServers().mongodbUrl): Promise<TestMongoDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const own = mongoUrl(url, name);
  const limits = { maxPoolSize: 20, serverSelectionTimeoutMS: 2_000 };
  const client = new MongoClient(own, { ...limits, writeConcern: { w: 'majority', journal: true } });
  await client.connect();
  const db = client.db(name);
  const drop = async () => {
    await db.dropDatabase();
    await client.close();
  };
  return { url: own, name, db, drop };
}

/** The URL of a database on the server of another URL. Not every URL of MongoDB is one for `new URL`. */
function mongoUrl(url: string, database: string): string {
  const [, servers = url, options = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(url) ?? [];
  return `${servers}/${database}${options}`;
}
