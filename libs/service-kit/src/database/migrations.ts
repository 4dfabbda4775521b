import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';

/** Any number will do, as long as every process of Plaza takes the same: 'plza' in ASCII. */
const MIGRATION_LOCK = 0x706c7a61;

/**
 * Runs what is not yet run, oldest first, each migration in a transaction of its own. Processes that start at once do it
 * one after the other. Gives the names of what was run.
 */
export function runMigrations(dataSource: DataSource): Promise<string[]> {
  return underMigrationLock(urlOf(dataSource), async () => {
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map(({ name }) => name);
  });
}

/** Takes back the last `steps` migrations, newest first. */
export function revertMigrations(dataSource: DataSource, steps: number): Promise<void> {
  return underMigrationLock(urlOf(dataSource), async () => {
    for (let step = 0; step < steps; step++) {
      await dataSource.undoLastMigration({
        transaction: (await lastIsWithoutTransaction(dataSource)) ? 'none' : 'each',
      });
    }
  });
}

/** On the way up TypeORM minds a migration's `transaction = false` itself, on the way down it does not. */
async function lastIsWithoutTransaction(dataSource: DataSource): Promise<boolean> {
  const [last] = await dataSource.query<Array<{ name: string }>>(
    'SELECT name FROM migrations ORDER BY id DESC LIMIT 1',
  );
  const migration = dataSource.migrations.find((one) => (one.name ?? one.constructor.name) === last?.name);
  return migration?.transaction === false;
}

/**
 * Runs something that no two processes may do in one database at once. The lock lives on a connection of its own, and ends
 * with it, however `run` ends.
 */
export async function underMigrationLock<T>(url: string, run: () => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  client.on('error', () => undefined); // A lost connection shows in the migrations themselves.
  await client.connect();
  try {
    await lock(client);
    return await run();
  } finally {
    await client.end();
  }
}

/**
 * Asks again and again rather than waiting inside a statement: CREATE INDEX CONCURRENTLY of the one who has the lock waits
 * for every running statement, and would wait for that one for ever.
 */
async function lock(client: pg.Client): Promise<void> {
  const taken = async () =>
    (await client.query('SELECT pg_try_advisory_lock($1) AS taken', [MIGRATION_LOCK])).rows[0].taken;
  while (!(await taken())) await pause(100);
}

function urlOf({ options }: DataSource): string {
  if (options.type !== 'postgres' || !options.url)
    throw new TypeError('Migrations need a DataSource with a PostgreSQL URL');
  return options.url;
}
