import { kafkaMigrations, maintainOutbox } from '@plaza/kafka';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { kitEntities, kitMigrations } from '../features.js';
import type { MigrationClass, ServiceDatabase } from '../service/definition.js';
import { createDataSource, type DataSourceParts } from './data-source.js';
import { ensureDatabase } from './ensure-database.js';
import { runMigrations, underMigrationLock } from './migrations.js';
import { addPoolMetrics, poolState } from './pool.js';
import { BACKGROUND_TIMEOUTS, MIGRATION_TIMEOUTS, REQUEST_TIMEOUTS } from './timeouts.js';
import { untilReachable } from './until-reachable.js';

export interface DatabaseParts {
  service: string;
  instance: string;
  url: string;
  definition: ServiceDatabase;
  poolSize: number;
  backgroundPoolSize: number;
  migrate: boolean;
  logger: Logger;
  registry: Registry;
  signal?: AbortSignal;
}

/** The connections of a running service. */
export interface OpenDatabase {
  /** For requests. */
  main: DataSource;
  /** For consumers, relay and jobs, so that neither waits behind the other. */
  background: DataSource;
}

/** All migrations of a service's database, in the order of their timestamps: the libs' and its own. */
export function migrationsOf(definition: ServiceDatabase): MigrationClass[] {
  const all = [...kafkaMigrations, ...kitMigrations, ...definition.migrations];
  return all.sort((one, other) => timestampOf(one) - timestampOf(other));
}

/** Makes, migrates and opens a service's database, however long it takes the server to be there. */
export async function openDatabase(parts: DatabaseParts): Promise<OpenDatabase> {
  const { url, logger, signal } = parts;
  await untilReachable(() => ensureDatabase(url), logger, signal);
  if (parts.migrate) await untilReachable(() => migrateDatabase(parts), logger, signal);
  const opened = await untilReachable(() => openPools(parts), logger, signal);
  await prepareOutbox(opened, parts);
  const { main, background } = opened;
  addPoolMetrics(parts.registry, { requests: () => poolState(main), background: () => poolState(background) });
  return opened;
}

/**
 * Before anything writes: a row on its way into the default partition is refused when its day's is made meanwhile. No
 * partition is no reason not to start: rows then fall into the default one, and the hourly job tries again.
 */
async function prepareOutbox({ background }: OpenDatabase, { url, logger }: DatabaseParts): Promise<void> {
  try {
    await underMigrationLock(url, () => maintainOutbox(background));
  } catch (error) {
    logger.warn({ err: error }, "the outbox's partitions were not made at start");
  }
}

export async function closeDatabase(database: OpenDatabase | undefined): Promise<void> {
  const open = [database?.main, database?.background].filter((dataSource) => dataSource?.isInitialized);
  await Promise.all(open.map((dataSource) => dataSource?.destroy()));
}

/** Makes the database and brings it up to date, and no more: for `plaza migrate` and for templates of tests. */
export async function migrateDatabase(parts: Pick<DatabaseParts, 'url' | 'definition' | 'logger'>): Promise<string[]> {
  await ensureDatabase(parts.url);
  const dataSource = createDataSource({
    ...parts,
    applicationName: 'plaza-migrations',
    poolSize: 2,
    timeouts: MIGRATION_TIMEOUTS,
    migrations: migrationsOf(parts.definition),
  });
  await dataSource.initialize();
  try {
    return await runMigrations(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function openPools(parts: DatabaseParts): Promise<OpenDatabase> {
  const { url, logger, service, definition } = parts;
  const entities = [...kitEntities, ...definition.entities];
  const common = {
    url,
    logger,
    entities,
    migrations: migrationsOf(definition),
    onSlowQuery: slowQueries(parts.registry),
    prepares: true,
  };
  const requests = { poolSize: parts.poolSize, timeouts: REQUEST_TIMEOUTS, applicationName: service };
  const background = {
    poolSize: parts.backgroundPoolSize,
    timeouts: BACKGROUND_TIMEOUTS,
    applicationName: `${service}.background`,
  };
  const main = await open({ ...common, ...requests });
  try {
    await refuseOutdated(main, service);
    return { main, background: await open({ ...common, ...background }) };
  } catch (error) {
    await main.destroy();
    throw error;
  }
}

function open(parts: DataSourceParts): Promise<DataSource> {
  return createDataSource(parts).initialize();
}

/** Where migrating is somebody else's task, a service must not run on tables that it does not know. */
async function refuseOutdated(dataSource: DataSource, service: string): Promise<void> {
  if (await dataSource.showMigrations())
    throw new Error(`the database of ${service} is not up to date: migrate it first`);
}

function slowQueries(registry: Registry): () => void {
  const name = 'plaza_database_slow_statements_total';
  const known = registry.getSingleMetric(name);
  const counter =
    known instanceof Counter ? known : new Counter({ name, help: 'Statements slower than 1 s', registers: [registry] });
  return () => counter.inc();
}

/** TypeORM's rule: a migration's class name ends in its time, in epoch ms. */
function timestampOf({ name }: MigrationClass): number {
  const digits = /\d{13}$/.exec(name)?.[0];
  if (!digits) throw new TypeError(`the name of migration ${name} does not end in 13 digits, its time in epoch ms`);
  return Number(digits);
}
