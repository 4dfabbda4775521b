import { createLogger, migrateDatabase, migrationsOf, revertMigrations } from '@plaza/service-kit';
import { DataSource } from 'typeorm';
import { chosen, type Installation, type StoredService } from './installation.js';
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

function up({ url, database }: StoredService): Promise<string[]> {
  const logger = createLogger({ service: 'plaza', level: 'error' });
  return migrateDatabase({ url, definition: database, logger });
}

async function back({ url, database }: StoredService, steps: number): Promise<void> {
  const dataSource = new DataSource({ type: 'postgres', url, migrations: migrationsOf(database) });
  await dataSource.initialize();
  try {
    await revertMigrations(dataSource, steps);
  } finally {
    await dataSource.destroy();
  }
}

function summary(done: string[]): string {
  return done.length === 0 ? 'is up to date' : `ran ${done.join(', ')}`;
}
