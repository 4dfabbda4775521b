import { join } from 'node:path';
import { services } from '@plaza/all-in-one';
import { checkout } from '@plaza/embedded';
import { databaseUrl, type ServiceDatabase, sqlState } from '@plaza/service-kit';
import { DataSource } from 'typeorm';
import { whatRuns } from '../launch/run-file.js';
import { OperatorError } from './operator-error.js';

const NO_SUCH_DATABASE = '3D000';

/** A service that keeps its data in PostgreSQL. */
export interface StoredService {
  name: string;
  url: string;
  database: ServiceDatabase;
}

/** The services whose databases can be reached from here. */
export interface Installation {
  services: StoredService[];
}

/**
 * Finds the databases as the services do: PLAZA_<SERVICE>_DATABASE_URL, else PLAZA_POSTGRES_URL, else the server of the
 * platform that runs on this checkout.
 * @throws OperatorError when there is none
 */
export async function findInstallation(env: NodeJS.ProcessEnv): Promise<Installation> {
  const common =
    env.PLAZA_POSTGRES_URL || (await whatRuns(join(checkout, env.PLAZA_DATA_DIR || '.plaza')))?.postgresUrl;
  return {
    services: services.flatMap(({ name, database }) => {
      const own = env[`PLAZA_${name.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`];
      if (!own && !common) throw nothingRuns();
      const url = databaseUrl(name, { databaseUrl: own, postgresUrl: common ?? '' });
      return database ? [{ name, url, database }] : [];
    }),
  };
}

function nothingRuns(): OperatorError {
  return new OperatorError(
    'No platform runs on this checkout. Start it (npm start), or name its server: PLAZA_POSTGRES_URL=postgres://...',
  );
}

/** The services that are meant: one by its name (`social` will do), or all. @throws OperatorError for an unknown name */
export function chosen({ services: all }: Installation, name?: string): StoredService[] {
  if (!name) return all;
  const found = all.filter((service) => service.name === name || service.name === `${name}-service`);
  if (found.length > 0) return found;
  throw new OperatorError(`There is no service ${name}; there are: ${all.map((service) => service.name).join(', ')}.`);
}

/** Runs something on a service's database. @throws OperatorError when the database can't be reached */
export async function onDatabaseOf<T>(
  service: StoredService,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const { name, url } = service;
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'plaza-operator',
    poolSize: 2,
    connectTimeoutMS: 5_000,
  });
  await dataSource.initialize().catch((error: unknown) => {
    throw sqlState(error)?.code === NO_SUCH_DATABASE ? new DatabaseMissing(name) : unreachable(name, url, error);
  });
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/**
 * Runs something on the databases of the services that are meant: the named one, or all that have one already.
 * @throws OperatorError when a database can't be reached, or none is there
 */
export async function onDatabases<T>(
  installation: Installation,
  name: string | undefined,
  work: (dataSource: DataSource, service: StoredService) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let missing: DatabaseMissing | undefined;
  for (const service of chosen(installation, name)) {
    try {
      results.push(await onDatabaseOf(service, (dataSource) => work(dataSource, service)));
    } catch (error) {
      if (!(error instanceof DatabaseMissing)) throw error;
      missing = error;
    }
  }
  if (missing && results.length === 0) throw missing;
  return results;
}

class DatabaseMissing extends OperatorError {
  constructor(service: string) {
    super(`${service} has no database yet. Make it: npm run plaza -- migrate --service ${service}`);
  }
}

function unreachable(service: string, url: string, error: unknown): OperatorError {
  const { host, pathname } = new URL(url);
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new OperatorError(`The database of ${service} (${pathname.slice(1)} on ${host}) can't be reached: ${reason}`);
}
