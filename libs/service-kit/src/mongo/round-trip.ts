import type { Db } from 'mongodb';
import type { RoundTrip, Schema } from '../database/round-trip.js';
import type { MongoDatabase } from '../service/definition.js';
import { clientFor, MIGRATION_LIMITS } from './clients.js';
import { mongoMigrationsOf, revertMongoMigrations, runMongoMigrations } from './migrations.js';

/** `migrateBackAndForth` for a MongoDB database. */
export async function migrateMongoBackAndForth(url: string, definition: MongoDatabase): Promise<RoundTrip> {
  const migrations = mongoMigrationsOf(definition);
  const db = await clientFor(url, { ...MIGRATION_LIMITS, appName: 'plaza-migrations', maxPoolSize: 2 });
  try {
    await runMongoMigrations(db, migrations);
    const up = await schemaOf(db);
    await revertMongoMigrations(db, migrations, migrations.length);
    const left = await schemaOf(db);
    await runMongoMigrations(db, migrations);
    return { up, left, again: await schemaOf(db) };
  } finally {
    await db.client.close();
  }
}

/** The collections that tell of migrations are not part of it. */
async function schemaOf(db: Db): Promise<Schema> {
  const collections = await db.listCollections({ name: { $not: /^migrations/ } }, { nameOnly: false }).toArray();
  const lines = collections.map(async ({ name, options }) => {
    const indexes = await db.collection(name).indexes();
    const shown = indexes.map(({ v: _, ...index }) => `index ${name} ${JSON.stringify(index)}`);
    return [`collection ${name} ${JSON.stringify(options)}`, ...shown];
  });
  return (await Promise.all(lines)).flat().sort();
}
