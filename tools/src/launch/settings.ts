import { join, resolve } from 'node:path';
import { checkout, StackError } from '@plaza/embedded';

export interface LauncherSettings {
  host: string;
  port: number;
  /** Where clients on this machine reach the gateway. */
  url: string;
  /** Secrets, logs and the note of what runs; the servers' data are below it. */
  home: string;
  /** The servers' data. */
  data: string;
  /** Servers elsewhere, each instead of an embedded one. */
  external: { postgresUrl?: string; kafkaBrokers?: string; mongodbUrl?: string };
}

/** Reads what the launcher itself needs to know; all other settings are read by the services. */
export function launcherSettings(env: NodeJS.ProcessEnv): LauncherSettings {
  const host = env.PLAZA_HOST || '127.0.0.1';
  const port = portOf('PLAZA_PORT', env.PLAZA_PORT || '3000');
  const home = resolve(checkout, env.PLAZA_DATA_DIR || '.plaza');
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    host,
    port,
    url: `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`,
    home,
    data: join(home, 'data'),
    external: {
      ...(env.PLAZA_POSTGRES_URL && { postgresUrl: env.PLAZA_POSTGRES_URL }),
      ...(env.PLAZA_KAFKA_BROKERS && { kafkaBrokers: env.PLAZA_KAFKA_BROKERS }),
      ...(env.PLAZA_MONGODB_URL && { mongodbUrl: env.PLAZA_MONGODB_URL }),
    },
  };
}

export function portOf(name: string, value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new StackError(`${name} must be a port number, not "${value}".`);
}
