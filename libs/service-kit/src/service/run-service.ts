import type { SettingsSpec } from '../config/settings.js';
import type { ServiceDefinition } from './definition.js';
import { runProcess } from './run-process.js';
import { startService } from './start-service.js';

/** The whole of a service's `main.ts`: see `runProcess`. */
export function runService<S extends SettingsSpec>(definition: ServiceDefinition<S>): Promise<void> {
  return runProcess(definition.name, (signals) => startService(definition, signals));
}
