import type { Logger } from 'pino';
import { databaseName, platformSettings } from '../config/platform-settings.js';
import { readSettings } from '../config/read-settings.js';
import type { SettingsSpec } from '../config/settings.js';
import { closeDatabase, type OpenDatabase, openDatabase } from '../database/service-database.js';
import { HealthParts } from '../health/health-parts.js';
import { servedFields } from '../http/request-context.js';
import { createLogger } from '../logs/logger.js';
import { runInLogScope } from '../logs/nest-logger.js';
import { createRegistry } from '../metrics/metrics.js';
import { createApplication } from './application.js';
import type { ServiceConfig, ServiceDefinition } from './definition.js';
import { instanceName, kafkaSettings } from './kafka-settings.js';
import { LiveService } from './live-service.js';
import type { RunningService } from './running-service.js';
import type { RootParts } from './service-root.js';
import type { StartOptions } from './start-options.js';

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
  const { name, settings: own, database } = definition;
  return readSettings(name, { platform: platformSettings(name, database !== undefined), own }, env);
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
  const database = await databaseOf({ definition, config, logger, registry, instance, signal });
  const parts: RootParts = { definition, config, logger, registry, health: new HealthParts(), database, kafka };
  const service = await serviceOf(parts);
  await orStop(service, service.serve(options));
  logger.info({ url: service.url, ms: Math.round(performance.now() - begun) }, 'started');
  return service;
}

async function serviceOf(parts: RootParts): Promise<LiveService> {
  try {
    return new LiveService(await createApplication(parts), parts);
  } catch (error) {
    await closeDatabase(parts.database);
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

async function databaseOf({ definition, config, ...needs }: DatabaseNeeds): Promise<OpenDatabase | undefined> {
  const { name, database } = definition;
  if (!database) return undefined;
  const { poolSize, backgroundPoolSize, migrateAtStart: migrate } = config;
  return openDatabase({
    ...needs,
    service: name,
    definition: database,
    url: databaseUrl(name, config),
    poolSize,
    backgroundPoolSize,
    migrate,
  });
}

/** The service's own database where one is named, else the one that bears its name on the common server. */
export function databaseUrl(
  service: ServiceDefinition['name'],
  config: Pick<ServiceConfig, 'databaseUrl' | 'postgresUrl'>,
): string {
  if (config.databaseUrl) return config.databaseUrl;
  return Object.assign(new URL(config.postgresUrl), { pathname: `/${databaseName(service)}` }).href;
}
