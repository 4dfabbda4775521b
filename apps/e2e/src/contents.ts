import { BSON, type Db } from 'mongodb';
import { rows } from './checker.js';
import { inDocuments } from './documents.js';
import type { Platform } from './platform.js';
import { DOCUMENT_SERVICES, databaseOf, type ServiceDatabase, STORED_SERVICES } from './services.js';

/** What the platform writes by itself, whether anybody asks for something or not. */
const ITS_OWN = ['migrations', 'relay_lease', 'relay_wakes', 'scheduled_jobs', 'consumer_positions', 'gateways'];

/**
 * All rows of all tables and all documents of all collections, each as a line that begins with database and table. What
 * writes nothing leaves them as they are.
 */
export async function everythingIn(platform: Platform): Promise<string[]> {
  const inTables = STORED_SERVICES.map(databaseOf).map((database) => linesOf(platform, database));
  const inCollections = DOCUMENT_SERVICES.map(databaseOf).map((database) =>
    inDocuments(platform, (db) => documentLinesOf(db, database), database),
  );
  return (await Promise.all([...inTables, ...inCollections])).flat();
}

async function documentLinesOf(db: Db, database: ServiceDatabase): Promise<string[]> {
  const collections = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
  const lines = collections
    .filter((name) => !ITS_OWN.includes(name))
    .map(async (name) => {
      const documents = await db.collection(name).find().toArray();
      return documents.map((document) => `${database}.${name} ${BSON.EJSON.stringify(document)}`).sort();
    });
  return (await Promise.all(lines)).flat();
}

async function linesOf(platform: Platform, database: ServiceDatabase): Promise<string[]> {
  const tables = await rows<{ name: string }>(
    platform,
    database,
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
  );
  const looked = tables.filter(({ name }) => !ITS_OWN.includes(name));
  const selects = looked.map(({ name }) => `SELECT '${database}.${name} ' || t::text AS line FROM ${name} t`);
  return (await rows<{ line: string }>(platform, database, `${selects.join(' UNION ALL ')} ORDER BY 1`)).map(
    ({ line }) => line,
  );
}
