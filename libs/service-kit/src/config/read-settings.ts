import { readFileSync } from 'node:fs';
import type { Setting, SettingsOf, SettingsSpec } from './settings.js';

/** Thrown when settings are missing or wrong; `problems` has one line for each. */
export class SettingsInvalid extends Error {
  constructor(
    service: string,
    readonly problems: readonly string[],
  ) {
    super(`${service} can't start, its settings are not right:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
    this.name = 'SettingsInvalid';
  }
}

/**
 * Reads and checks all settings of a service, before anything of it starts: those of the platform and its own.
 * @throws SettingsInvalid that lists every problem at once
 */
export function readSettings<P extends SettingsSpec, S extends SettingsSpec>(
  service: string,
  { platform, own }: { platform: P; own: S },
  env: NodeJS.ProcessEnv,
): SettingsOf<P> & SettingsOf<S> {
  const problems: string[] = [];
  const entries = Object.entries({ ...platform, ...own }).map(([name, setting]) => {
    try {
      return [name, readSetting(setting, env)];
    } catch (error) {
      problems.push(`${setting.env} ${error instanceof Error ? error.message : String(error)} (${setting.desc})`);
      return [name, undefined];
    }
  });
  if (problems.length > 0) throw new SettingsInvalid(service, problems);
  return Object.fromEntries(entries);
}

function readSetting<T>(setting: Setting<T>, env: NodeJS.ProcessEnv): T | undefined {
  const written = writtenValue(setting, env);
  if (written === undefined) return fallbackOf(setting, env);
  const value = setting.parse(written);
  if (setting.secret && isDevelopmentSecret(setting, value)) refuseInProduction(env);
  return value;
}

function writtenValue(setting: Setting<unknown>, env: NodeJS.ProcessEnv): string | undefined {
  const file = env[`${setting.env}_FILE`];
  const value = env[setting.env];
  if (file && value) throw new Error(`is set twice, by itself and by ${setting.env}_FILE`);
  return (file ? readSecretFile(file) : value?.trim()) || undefined;
}

function readSecretFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`can't be read from ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fallbackOf<T>(setting: Setting<T>, env: NodeJS.ProcessEnv): T | undefined {
  if (!('fallback' in setting)) throw new Error(`is missing: ${setting.form}`);
  if (setting.secret && setting.fallback !== undefined) refuseInProduction(env);
  return setting.fallback;
}

/** One of them among good ones is enough: it, too, opens what is sealed. */
function isDevelopmentSecret(setting: Setting<unknown>, value: unknown): boolean {
  const development = new Set([setting.fallback].flat().map((one) => JSON.stringify(one)));
  return [value].flat().some((one) => development.has(JSON.stringify(one)));
}

function refuseInProduction(env: NodeJS.ProcessEnv): void {
  if (env.NODE_ENV === 'production') throw new Error('is the secret for development, which production refuses');
}
