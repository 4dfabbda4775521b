import { MongoOutbox } from '@plaza/kafka';
import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { addPoolMetrics, type PoolState } from '../database/pool.js';
import { untilReachable } from '../database/until-reachable.js';
import type { MongoDatabase } from '../service/definition.js';
import type { OpenStore } from '../service/store.js';
import { BACKGROUND, MONGO } from '../service/tokens.js';
import { BACKGROUND_LIMITS, clientFor, MIGRATION_LIMITS, REQUEST_LIMITS } from './clients.js';
import { missingMigrations, mongoMigrationsOf, runMongoMigrations } from './migrations.js';
import { watchPool } from './mongo-pool.js';

export interface MongoParts {
  service: string;
  url: string;
  definition: MongoDatabase;
  poolSize: number;
  backgroundPoolSize: number;
  migrate: boolean;
  logger: Logger;
  registry: Registry;
  signal?: AbortSignal;
}

/** Migrates and opens a service's MongoDB database, however long it takes the server to be there. */
export async function openMongo(parts: MongoParts): Promise<OpenStore> {
  const { definition, logger, signal } = parts;
  if (parts.migrate) await untilReachable(() => migrateMongoDatabase(parts), logger, signal);
  const [main, background] = await clients(parts);
  const pools = { requests: watchPool(main), background: watchPool(background) };
  const close = async () => void (await Promise.all([main.client.close(), background.client.close()]));
  try {
    await untilReachable(() => refuseOutdated(main, parts), logger, signal);
  } catch (error) {
    await close();
    throw error;
  }
  addPoolMetrics(parts.registry, pools);
  return {
    kind: 'mongodb',
    providers: [
      { provide: MONGO, useValue: main },
      { provide: BACKGROUND, useValue: background },
    ],
    kafka: { mongo: { background, republish: [...(definition.republish ?? [])] } },
    outbox: MongoOutbox,
    health: { name: 'database', started: () => true, state: () => stateOf(background, pools.requests) },
    close,
  };
}

/** Brings the database up to date, and no more: for `plaza migrate` and for tests. It is made by what is first put into it. */
export async function migrateMongoDatabase({
  url,
  definition,
}: Pick<MongoParts, 'url' | 'definition'>): Promise<string[]> {
  const db = await clientFor(url, { ...MIGRATION_LIMITS, appName: 'plaza-migrations', maxPoolSize: 2 });
  try {
    return await runMongoMigrations(db, mongoMigrationsOf(definition));
  } finally {
    await db.client.close();
  }
}

function clients({ url, service, poolSize, backgroundPoolSize }: MongoParts): Promise<[Db, Db]> {
  return Promise.all([
    clientFor(url, { ...REQUEST_LIMITS, appName: service, maxPoolSize: poolSize }),
    clientFor(url, { ...BACKGROUND_LIMITS, appName: `${service}.background`, maxPoolSize: backgroundPoolSize }),
  ]);
}

/** Where migrating is somebody else's task, a service must not run on collections that it does not know. */
async function refuseOutdated(db: Db, { service, definition }: MongoParts): Promise<void> {
  const missing = await missingMigrations(db, mongoMigrationsOf(definition));
  if (missing.length > 0) throw new Error(`the database of ${service} is not up to date: migrate it first`);
}

async function stateOf(background: Db, requests: () => PoolState): Promise<object> {
  await background.command({ ping: 1 });
  const { idle, busy, waiting } = requests();
  return { connections: idle + busy, idle, waiting };
}
