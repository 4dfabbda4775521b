import { createTestDatabase } from '@plaza/testing';
import { DataSource } from 'typeorm';
import { kitMigrations } from '../src/features.js';

/** A database with the kit's tables, and pools on it as if for several instances of a service. */
export interface KitDatabase {
  dataSource: DataSource;
  /** Another instance's pool. */
  connect(): Promise<DataSource>;
  drop(): Promise<void>;
}

export async function kitDatabase(): Promise<KitDatabase> {
  const database = await createTestDatabase({ template: 'service-kit', migrate });
  const pools: DataSource[] = [];
  const connect = async () => {
    const pool = await open(database.url);
    pools.push(pool);
    return pool;
  };
  const drop = async () => {
    await Promise.all(pools.map((pool) => pool.destroy()));
    await database.drop();
  };
  return { dataSource: await connect(), connect, drop };
}

function open(url: string): Promise<DataSource> {
  return new DataSource({ type: 'postgres', url, migrations: [...kitMigrations], extra: { max: 8 } }).initialize();
}

async function migrate(url: string): Promise<void> {
  const dataSource = await open(url);
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}
