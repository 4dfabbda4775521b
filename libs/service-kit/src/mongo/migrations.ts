import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { kafkaMongoMigrations, type MongoMigration } from '@plaza/kafka';
import type { Db } from 'mongodb';
import { kitMongoMigrations } from '../features.js';
import type { MongoDatabase } from '../service/definition.js';
import { isDuplicateKey } from './mongo-errors.js';

const LEASE_MS = 30_000;

interface Done {
  _id: string;
  done_at: Date;
}

interface Lease {
  _id: 'migrations';
  holder: string;
  until: Date;
}

/**
 * All migrations of a service's MongoDB database, in the order of their names: the libs' and its own.
 * @throws TypeError for a name that does not begin with a time, or that two of them have
 */
export function mongoMigrationsOf(definition: MongoDatabase): MongoMigration[] {
  const all = [...kafkaMongoMigrations, ...kitMongoMigrations, ...definition.migrations];
  const names = new Set<string>();
  for (const { name } of all) {
    if (!/^\d{8}T\d{4}-./.test(name)) throw new TypeError(`the migration ${name} does not begin with its time`);
    if (names.has(name)) throw new TypeError(`two migrations are named ${name}`);
    names.add(name);
  }
  return all.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Runs what is not yet run, oldest first; processes that start at once do it one after the other. Gives the names of what
 * was run.
 */
export function runMongoMigrations(db: Db, migrations: readonly MongoMigration[]): Promise<string[]> {
  return underMigrationLease(db, async () => {
    const missing = await missingMigrations(db, migrations);
    for (const migration of missing) {
      await migration.up(db);
      await doneIn(db).updateOne({ _id: migration.name }, [{ $set: { done_at: '$$NOW' } }], { upsert: true });
    }
    return missing.map(({ name }) => name);
  });
}

/** Takes back the last `steps` migrations that were run, newest first. */
export function revertMongoMigrations(db: Db, migrations: readonly MongoMigration[], steps: number): Promise<void> {
  return underMigrationLease(db, async () => {
    const done = await doneIn(db)
      .find({}, { sort: { _id: -1 }, limit: steps })
      .toArray();
    for (const { _id: name } of done) {
      const migration = migrations.find((one) => one.name === name);
      if (!migration) throw new Error(`this version does not know the migration ${name}, and can't take it back`);
      await migration.down(db);
      await doneIn(db).deleteOne({ _id: name });
    }
  });
}

/** Those that the database has not seen yet. */
export async function missingMigrations(db: Db, migrations: readonly MongoMigration[]): Promise<MongoMigration[]> {
  const done = new Set((await doneIn(db).find().toArray()).map(({ _id }) => _id));
  return migrations.filter(({ name }) => !done.has(name));
}

function doneIn(db: Db) {
  return db.collection<Done>('migrations');
}

/** Runs something that no two processes may do in one database at once. The lease of one that died runs out. */
async function underMigrationLease<T>(db: Db, run: () => Promise<T>): Promise<T> {
  const holder = randomUUID();
  while (!(await take(db, holder))) await pause(100);
  // A renewal that fails shows in the migrations themselves, or is made good by the next.
  const renewal = setInterval(() => void take(db, holder).catch(() => undefined), LEASE_MS / 3);
  try {
    return await run();
  } finally {
    clearInterval(renewal);
    await leaseIn(db).updateOne({ _id: 'migrations', holder }, { $set: { until: new Date(0) } });
  }
}

async function take(db: Db, holder: string): Promise<boolean> {
  const free = { $or: [{ $lt: [{ $ifNull: ['$until', new Date(0)] }, '$$NOW'] }, { $eq: ['$holder', holder] }] };
  const mine = { holder, until: { $add: ['$$NOW', LEASE_MS] } };
  try {
    const after = await leaseIn(db).findOneAndUpdate(
      { _id: 'migrations' },
      [{ $set: { holder: { $cond: [free, mine.holder, '$holder'] }, until: { $cond: [free, mine.until, '$until'] } } }],
      { upsert: true, returnDocument: 'after' },
    );
    return after?.holder === holder;
  } catch (error) {
    // Two that make the document at once.
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

function leaseIn(db: Db) {
  return db.collection<Lease>('migrations_lease');
}
