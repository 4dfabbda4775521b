import { randomBytes } from 'node:crypto';
import type { ServiceName } from '@plaza/contracts';
import { freePort } from '@plaza/embedded';
import { eventually, kafkaPrefix, PlazaClient } from '@plaza/testing';
import { entryOf, PlatformProcess } from './processes.js';
import {
  DOCUMENT_SERVICES,
  databaseOf,
  SERVICES,
  type ServiceDatabase,
  STORED_SERVICES,
  settingOf,
} from './services.js';

export type Topology = 'all-in-one' | 'services';

/** The servers a platform stands on. */
export interface Servers {
  postgresUrl: string;
  kafkaBrokers: string;
  mongodbUrl: string;
}

export interface Platform {
  client: PlazaClient;
  prefix: string;
  processes: PlatformProcess[];
  /** URL of each service's database, by its name, as `user_service`. */
  databases: Record<ServiceDatabase, string>;
  /** Environment of one more process of this platform. */
  env: NodeJS.ProcessEnv;
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/** Settings for tests that send more than clients may. */
export const NO_RATES: NodeJS.ProcessEnv = {
  PLAZA_RATE_USER_PER_MINUTE: '100000000',
  PLAZA_RATE_IP_PER_MINUTE: '100000000',
  PLAZA_RATE_SIGN_IN_PER_MINUTE: '100000000',
};

const STARTED_WITHIN_MS = 150_000;

/**
 * Starts a platform of its own on the given servers: new databases, a Kafka prefix, ports that nobody has.
 * `env` adds settings, e.g. higher rates.
 */
export async function startPlatform(
  topology: Topology,
  servers: Servers,
  env: NodeJS.ProcessEnv = {},
): Promise<Platform> {
  const run = randomBytes(4).toString('hex');
  const databases = databasesOf(servers, run);
  const settings = { ...baseSettings(servers), ...(await portSettings()), ...databaseSettings(databases), ...env };
  const processes = namesOf(topology).map((app) => new PlatformProcess(app, entryOf(app), settings));
  const client = new PlazaClient(`http://127.0.0.1:${settings.PLAZA_PORT}`);
  const platform: Platform = {
    client,
    prefix: settings.PLAZA_KAFKA_PREFIX,
    processes,
    databases,
    env: settings,
    ready: () => untilStarted(client, processes),
    stop: async () => void (await Promise.all(processes.map((process) => process.end()))),
  };
  for (const process of processes) process.start();
  try {
    await platform.ready();
  } catch (error) {
    await platform.stop();
    throw error;
  }
  return platform;
}

function namesOf(topology: Topology): string[] {
  return topology === 'all-in-one' ? ['all-in-one'] : [...SERVICES, 'api-gateway'];
}

function baseSettings(servers: Servers) {
  return {
    PLAZA_POSTGRES_URL: servers.postgresUrl,
    PLAZA_KAFKA_BROKERS: servers.kafkaBrokers,
    PLAZA_MONGODB_URL: servers.mongodbUrl,
    PLAZA_KAFKA_PREFIX: kafkaPrefix(),
    PLAZA_POOL_SIZE: '8',
    PLAZA_LOG_LEVEL: 'warn',
  };
}

async function portSettings(): Promise<NodeJS.ProcessEnv & { PLAZA_PORT: string }> {
  const services = await Promise.all(SERVICES.map(async (service) => [service, await freePort()] as const));
  const settings = services.flatMap(([service, port]) => [
    [settingOf(service, 'PORT'), String(port)],
    [settingOf(service, 'URL'), `http://127.0.0.1:${port}`],
  ]);
  return { PLAZA_PORT: String(await freePort()), ...Object.fromEntries(settings) };
}

function databasesOf(servers: Servers, run: string): Record<ServiceDatabase, string> {
  const on = (url: string) => (service: ServiceName) => [
    databaseOf(service),
    urlOf(url, `e2e_${run}_${databaseOf(service)}`),
  ];
  const stored = STORED_SERVICES.map(on(servers.postgresUrl));
  return Object.fromEntries([...stored, ...DOCUMENT_SERVICES.map(on(servers.mongodbUrl))]);
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.toString();
}

function databaseSettings(databases: Record<ServiceDatabase, string>): NodeJS.ProcessEnv {
  return Object.fromEntries(
    [...STORED_SERVICES, ...DOCUMENT_SERVICES].map((service) => [
      settingOf(service, 'DATABASE_URL'),
      databases[databaseOf(service)],
    ]),
  );
}

async function untilStarted(client: PlazaClient, processes: PlatformProcess[]): Promise<void> {
  try {
    const ended = await eventually(() => firstEnded(processes) ?? expectStarted(client), {
      withinMs: STARTED_WITHIN_MS,
    });
    if (ended) throw new Error(`${ended} has ended`);
  } catch (error) {
    const printed = processes.map((process) => process.lastLines()).join('\n');
    throw new Error(`${String(error)}\n${printed}`, { cause: error });
  }
}

function firstEnded(processes: PlatformProcess[]): string | undefined {
  return processes.find((process) => process.hasEnded)?.name;
}

async function expectStarted(client: PlazaClient): Promise<undefined> {
  const { status, body } = await client.request('GET', '/health/startup');
  if (status !== 200) throw new Error(`/health/startup: ${JSON.stringify(body)}`);
}
