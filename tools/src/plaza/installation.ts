import { join } from 'node:path';
import { services } from '@plaza/all-in-one';
import { checkout } from '@plaza/embedded';
import {
  databaseKind,
  databaseUrl,
  type MongoDatabase,
  mongoDatabaseUrl,
  type ServiceDatabase,
  type ServiceDefinition,
} from '@plaza/service-kit';
import { whatRuns } from '../launch/run-file.js';
import { type Database, DatabaseMissing, openMongo, openPostgres } from './databases.js';
import { OperatorError } from './operator-error.js';

/** A service that keeps its data in PostgreSQL or MongoDB. */
export interface StoredService {
  name: string;
  /** Undefined where nobody has said which server it is. */
  url?: string;
  database?: ServiceDatabase;
  mongo?: MongoDatabase;
}

/** The services whose databases can be reached from here. */
export interface Installation {
  services: StoredService[];
}

/** The servers that services without a database of their own choice use. */
interface CommonServers {
  postgresUrl?: string;
  mongodbUrl?: string;
}

/**
 * Finds the databases as the services do: PLAZA_<SERVICE>_DATABASE_URL, else PLAZA_POSTGRES_URL or PLAZA_MONGODB_URL, else
 * the servers of the platform that runs on this checkout.
 */
export async function findInstallation(env: NodeJS.ProcessEnv): Promise<Installation> {
  const running = await whatRuns(join(checkout, env.PLAZA_DATA_DIR || '.plaza'));
  const common = {
    postgresUrl: env.PLAZA_POSTGRES_URL || running?.postgresUrl,
    mongodbUrl: env.PLAZA_MONGODB_URL || running?.mongodbUrl,
  };
  const stored = services.filter((service) => databaseKind(service) !== 'none');
  return {
    services: stored.map((service) => {
      const { name, database, mongo } = service;
      return { name, database, mongo, url: urlOf(service, env, common) };
    }),
  };
}

function urlOf(
  { name, mongo }: Pick<ServiceDefinition, 'name' | 'mongo'>,
  env: NodeJS.ProcessEnv,
  { postgresUrl, mongodbUrl }: CommonServers,
): string | undefined {
  const own = env[`PLAZA_${name.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`] || undefined;
  const common = mongo ? mongodbUrl : postgresUrl;
  if (!own && !common) return undefined;
  return mongo
    ? mongoDatabaseUrl(name, { databaseUrl: own, mongodbUrl: common ?? '' })
    : databaseUrl(name, { databaseUrl: own, postgresUrl: common ?? '' });
}

/** Where a service's database is. @throws OperatorError when nobody has said it */
export function urlFor({ name, url, mongo }: StoredService): string {
  if (url) return url;
  const setting = mongo ? 'PLAZA_MONGODB_URL=mongodb://...' : 'PLAZA_POSTGRES_URL=postgres://...';
  throw new OperatorError(
    `No platform runs on this checkout. Start it (npm start), or name the server of ${name}: ${setting}`,
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
export async function onDatabaseOf<T>(service: StoredService, work: (database: Database) => Promise<T>): Promise<T> {
  const url = urlFor(service);
  const { database, close } = await (service.mongo ? openMongo : openPostgres)(service.name, url);
  try {
    return await work(database);
  } finally {
    await close();
  }
}

/**
 * Runs something on the databases of the services that are meant: the named one, or all that have one already.
 * @throws OperatorError when a database can't be reached, or none is there
 */
export async function onDatabases<T>(
  installation: Installation,
  name: string | undefined,
  work: (database: Database, service: StoredService) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let missing: DatabaseMissing | undefined;
  for (const service of chosen(installation, name)) {
    try {
      results.push(await onDatabaseOf(service, (database) => work(database, service)));
    } catch (error) {
      if (!(error instanceof DatabaseMissing)) throw error;
      missing = error;
    }
  }
  if (missing && results.length === 0) throw missing;
  return results;
}
