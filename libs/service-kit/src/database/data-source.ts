import type { Logger } from 'pino';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { EntityClass, MigrationClass } from '../service/definition.js';
import { DatabaseLogger } from './database-logger.js';
import { ExpiringClient } from './expiring-client.js';
import { PreparingClient } from './preparing-client.js';
import type { DatabaseTimeouts } from './timeouts.js';

export interface DataSourceParts {
  url: string;
  /** As PostgreSQL's activity view shows it. */
  applicationName: string;
  poolSize: number;
  timeouts: DatabaseTimeouts;
  entities?: readonly EntityClass[];
  migrations?: readonly MigrationClass[];
  logger: Logger;
  onSlowQuery?(): void;
  /** Its statements come again and again: each connection plans them once. */
  prepares?: boolean;
}

/** A DataSource that never waits without end. It is not connected yet. */
export function createDataSource(parts: DataSourceParts): DataSource {
  return new DataSource(dataSourceOptions(parts));
}

function dataSourceOptions(parts: DataSourceParts): DataSourceOptions {
  const { url, applicationName, poolSize, timeouts, logger } = parts;
  return {
    type: 'postgres',
    url,
    applicationName,
    poolSize,
    connectTimeoutMS: timeouts.connect,
    entities: [...(parts.entities ?? [])],
    migrations: [...(parts.migrations ?? [])],
    migrationsTransactionMode: 'each',
    installExtensions: false,
    synchronize: false,
    maxQueryExecutionTime: 1_000,
    logger: new DatabaseLogger(logger, parts.onSlowQuery),
    poolErrorHandler: (error: unknown) => logger.warn({ err: error }, 'lost an idle connection to PostgreSQL'),
    extra: {
      Client: parts.prepares ? PreparingClient : ExpiringClient,
      idleTimeoutMillis: 30_000,
      ...limits(timeouts),
    },
  };
}

/** The client gives up a little after the server should have, so that the server's own message wins where it can talk. */
const GRACE_MS = 300;

function limits(timeouts: DatabaseTimeouts): Record<string, unknown> {
  const { statement, lock, idleInTransaction } = timeouts;
  return {
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    ...(statement && { statement_timeout: statement, query_timeout: statement + GRACE_MS }),
    ...(lock && { lock_timeout: lock }),
    ...(idleInTransaction && { idle_in_transaction_session_timeout: idleInTransaction }),
  };
}
