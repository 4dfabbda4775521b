import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTED_SERVICES } from '@plaza/api-gateway/routes';
import { checkout } from '@plaza/embedded';
import { type LauncherSettings, portOf } from './settings.js';

export type Topology = 'all-in-one' | 'services';

/** A process of the platform's own. */
export interface PlatformProcess {
  name: string;
  script: string;
  env: NodeJS.ProcessEnv;
  /** What it listens on, and the setting that moves it. */
  listens: { host: string; port: number; setting: string };
}

/** The processes of a topology, in the order in which they are to be stopped: the gateway first. */
export function processesOf(topology: Topology, settings: LauncherSettings, env: NodeJS.ProcessEnv): PlatformProcess[] {
  const { host, port } = settings;
  const front = { env: {}, listens: { host, port, setting: 'PLAZA_PORT' } };
  if (topology === 'all-in-one') return [{ ...front, name: 'all-in-one', script: scriptOf('all-in-one') }];
  const services = serviceProcesses(env);
  const urls = services.map(({ name, listens }) => [
    `${settingOf(name)}_URL`,
    `http://${listens.host}:${listens.port}`,
  ]);
  return [
    { ...front, name: 'api-gateway', script: scriptOf('api-gateway'), env: Object.fromEntries(urls) },
    ...services,
  ];
}

/** Every service that exists in this checkout, on the ports from 3001 on in the order of the gateway's table. */
function serviceProcesses(env: NodeJS.ProcessEnv): PlatformProcess[] {
  return ROUTED_SERVICES.flatMap((name, index) => {
    const script = scriptOf(name);
    if (!existsSync(script)) return [];
    const setting = `${settingOf(name)}_PORT`;
    const port = portOf(setting, env[setting] || String(3001 + index));
    return [{ name, script, env: { [setting]: String(port) }, listens: { host: '127.0.0.1', port, setting } }];
  });
}

function settingOf(name: string): string {
  return `PLAZA_${name.toUpperCase().replaceAll('-', '_')}`;
}

function scriptOf(app: string): string {
  return join(checkout, 'apps', app, 'dist/main.js');
}
