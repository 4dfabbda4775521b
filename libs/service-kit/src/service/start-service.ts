import type { SettingsSpec } from '../config/settings.js';
import type { ServiceDefinition } from './definition.js';
import type { RunningService } from './running-service.js';

export interface StartOptions {
  /** Default: process.env. */
  env?: NodeJS.ProcessEnv;
  /** Default true. False: requests come by `handle` alone. */
  listen?: boolean;
}

/**
 * Starts a service in this process: settings, database (made and migrated), Nest application, consumers, HTTP.
 * Waits for a database that is away; Kafka may be away.
 * @throws SettingsInvalid, or the error of a migration or of the application's own start
 */
export async function startService<S extends SettingsSpec>(
  definition: ServiceDefinition<S>,
  options: StartOptions = {},
): Promise<RunningService> {
  throw new Error(`${definition.name} ${options.listen}`);
}
