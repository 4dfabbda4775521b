import {
  createLogger,
  migrateDatabase,
  migrateMongoDatabase,
  migrationsOf,
  mongoMigrationsOf,
  revertMigrations,
  revertMongoMigrations,
} from '@plaza/service-kit';
import { MongoClient } from 'mongodb';
import { DataSource } from 'typeorm';
import { chosen, type Installation, type StoredService, urlFor } from './installation.js';
import { OperatorError } from './operator-error.js';
import type { Terminal } from './terminal.js';

interface MigrateOptions {
  service?: string;
  down?: string;
}

/** Brings databases up to date, making those that are not there; or takes migrations of one back. */
export async function migrate(
  installation: Installation,
  { service: name, down }: MigrateOptions,
  { print }: Terminal,
): Promise<void> {
  const services = chosen(installation, name);
  if (down === undefined) {
    for (const service of services) print(`${service.name}: ${summary(await up(service))}`);
    return;
  }
  const [service] = services;
  const steps = Number(down);
  if (!name || !service) throw new OperatorError('Taking migrations back needs --service: one database at a time.');
  if (!Number.isInteger(steps) || steps < 1) throw new OperatorError('--down takes a number from 1 on.');
  await back(service, steps);
  print(`${service.name}: took ${steps} back`);
}

async function up(service: StoredService): Promise<string[]> {
  const { database, mongo } = service;
  const url = urlFor(service);
  if (mongo) return migrateMongoDatabase({ url, definition: mongo });
  if (!database) return [];
  const logger = createLogger({ service: 'plaza', level: 'error' });
  return migrateDatabase({ url, definition: database, logger });
}

async function back(service: StoredService, steps: number): Promise<void> {
  const { database, mongo } = service;
  const url = urlFor(service);
  if (database) {
    const dataSource = new DataSource({ type: 'postgres', url, migrations: migrationsOf(database) });
    await dataSource.initialize();
    await revertMigrations(dataSource, steps).finally(() => dataSource.destroy());
  }
  if (mongo) {
    const client = new MongoClient(url);
    await revertMongoMigrations(client.db(), mongoMigrationsOf(mongo), steps).finally(() => client.close());
  }
}

function summary(done: string[]): string {
  return done.length === 0 ? 'is up to date' : `ran ${done.join(', ')}`;
}
