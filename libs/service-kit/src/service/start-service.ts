import type { Logger } from 'pino';
import { databaseName, platformSettings } from '../config/platform-settings.js';
import { readSettings } from '../config/read-settings.js';
import type { SettingsSpec } from '../config/settings.js';
import { openPostgres } from '../database/postgres-store.js';
import { HealthParts } from '../health/health-parts.js';
import { servedFields } from '../http/request-context.js';
import { createLogger } from '../logs/logger.js';
import { runInLogScope } from '../logs/nest-logger.js';
import { createRegistry } from '../metrics/metrics.js';
import { openMongo } from '../mongo/mongo-store.js';
import { databaseIn, withDatabase } from '../mongo/mongo-url.js';
import { createApplication } from './application.js';
import { databaseKind } from './database-kind.js';
import type { ServiceConfig, ServiceDefinition } from './definition.js';
import { instanceName, kafkaSettings } from './kafka-settings.js';
import { LiveService } from './live-service.js';
import type { RunningService } from './running-service.js';
import type { RootParts } from './service-root.js';
import type { StartOptions } from './start-options.js';
import type { OpenStore } from './store.js';

/**
 * Starts a service in this process: settings, database (made and migrated), Nest application, consumers, HTTP.
 * Waits for a database that is away; Kafka may be away.
 * @throws SettingsInvalid, or the error of a migration or of the application's own start
 */
export async function startService<S extends SettingsSpec>(
  definition: ServiceDefinition<S>,
  options: StartOptions = {},
): Promise<RunningService> {
  const { name } = definition;
  const config = readConfig(definition, options.env ?? process.env);
  const logger = createLogger({ service: name, level: config.logLevel, mixin: servedFields });
  return runInLogScope(logger, () => start(definition, config, logger, options));
}

/**
 * A service's configuration from the environment, for tools that need no running service.
 * @throws SettingsInvalid
 */
export function readConfig(definition: ServiceDefinition, env: NodeJS.ProcessEnv): ServiceConfig {
  const { name, settings: own } = definition;
  return readSettings(name, { platform: platformSettings(name, databaseKind(definition)), own }, env);
}

async function start(
  definition: ServiceDefinition,
  config: ServiceConfig,
  logger: Logger,
  options: StartOptions,
): Promise<RunningService> {
  const begun = performance.now();
  const registry = createRegistry(definition.name);
  const instance = instanceName();
  const kafka = kafkaSettings(definition.name, instance, config);
  const signal = options.signal;
  const store = await openStore({ definition, config, logger, registry, instance, signal });
  const parts: RootParts = { definition, config, logger, registry, health: new HealthParts(), store, kafka };
  const service = await serviceOf(parts);
  await orStop(service, service.serve(options));
  logger.info({ url: service.url, ms: Math.round(performance.now() - begun) }, 'started');
  return service;
}

async function serviceOf(parts: RootParts): Promise<LiveService> {
  try {
    return new LiveService(await createApplication(parts), parts);
  } catch (error) {
    await parts.store?.close();
    throw error;
  }
}

/** What has begun would keep the process alive after a start that failed half-way. */
async function orStop(service: LiveService, starting: Promise<void>): Promise<void> {
  try {
    await starting;
  } catch (error) {
    await service.stop();
    throw error;
  }
}

interface DatabaseNeeds extends Pick<RootParts, 'definition' | 'config' | 'logger' | 'registry'> {
  instance: string;
  signal?: AbortSignal;
}

async function openStore({ definition, config, ...needs }: DatabaseNeeds): Promise<OpenStore | undefined> {
  const { name, database, mongo, republish = [] } = definition;
  const { poolSize, backgroundPoolSize, migrateAtStart: migrate } = config;
  const common = { ...needs, service: name, poolSize, backgroundPoolSize, migrate };
  if (database) return openPostgres({ ...common, definition: database, url: databaseUrl(name, config) }, republish);
  if (mongo) return openMongo({ ...common, definition: mongo, url: mongoDatabaseUrl(name, config) });
  return undefined;
}

/** The service's own database where one is named, else the one that bears its name on the common server. */
export function databaseUrl(
  service: ServiceDefinition['name'],
  config: Pick<ServiceConfig, 'databaseUrl' | 'postgresUrl'>,
): string {
  if (config.databaseUrl) return config.databaseUrl;
  return Object.assign(new URL(config.postgresUrl), { pathname: `/${databaseName(service)}` }).href;
}

/** The same for MongoDB. */
export function mongoDatabaseUrl(
  service: ServiceDefinition['name'],
  { databaseUrl: own, mongodbUrl }: Pick<ServiceConfig, 'databaseUrl' | 'mongodbUrl'>,
): string {
  if (own && databaseIn(own)) return own;
  return withDatabase(own ?? mongodbUrl, databaseName(service));
}
