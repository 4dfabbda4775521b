import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lock } from './lock.js';
import { EmbeddedServer } from './servers/embedded-server.js';
import { kafkaRecipe } from './servers/kafka.js';
import { mongodbRecipe } from './servers/mongodb.js';
import { postgresRecipe } from './servers/postgres.js';
import type { Recipe, Server, ServerName } from './servers/server.js';
import { combined } from './stack-error.js';
import { checkout, deleteData } from './system/places.js';
import { freePorts, requireFree, type StackPorts } from './system/ports.js';
import { identityOf } from './system/processes.js';

export interface StackUrls {
  postgresUrl: string;
  kafkaBrokers: string;
  mongodbUrl: string;
}

export interface StackOptions {
  /** Where the servers keep data and logs. Without it: a folder of its own under `.plaza/test`, deleted by `stop()`. */
  dataDir?: string;
  /** Free ports unless given. */
  ports?: StackPorts;
  /** Which servers; all three unless given. The URL of one left out is empty. */
  parts?: readonly ServerName[];
  /** Servers elsewhere, each instead of an embedded one. */
  external?: Partial<StackUrls>;
  /** Told the URLs as soon as they are decided: who waits for servers anyway can be started beside them. */
  known?(urls: StackUrls): void;
  /** More environment for the servers, as `fakeClock()` makes it. */
  env?: NodeJS.ProcessEnv;
  /** Told what takes long, in words for people. */
  log?(line: string): void;
}

export interface Stack {
  readonly urls: StackUrls;
  /** The embedded ones. */
  readonly servers: Partial<Record<ServerName, Server>>;
  /** Stops all servers. */
  stop(): Promise<void>;
}

const urlNames = { postgres: 'postgresUrl', kafka: 'kafkaBrokers', mongodb: 'mongodbUrl' } as const;
const serverNames: readonly ServerName[] = ['postgres', 'kafka', 'mongodb'];
const temporaryDirs = join(checkout, '.plaza/test');

/**
 * Starts PostgreSQL, Kafka and MongoDB side by side and resolves once clients can work with all of them. The servers end
 * with this process, however it ends. Rejects with a `StackError` for people, having stopped what had started.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const dataDir = resolve(options.dataDir ?? (await temporaryDir()));
  const unlock = await lock(dataDir);
  const servers: EmbeddedServer[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await unlock();
    if (options.dataDir === undefined) await deleteData(dataDir);
  };
  try {
    servers.push(...(await makeServers(dataDir, options)));
    options.known?.(urlsOf(servers, options.external));
    await startAll(servers);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    urls: urlsOf(servers, options.external),
    servers: Object.fromEntries(servers.map((each) => [each.name, each])),
    stop,
  };
}

async function makeServers(
  dataDir: string,
  { ports, parts, external, env, log }: StackOptions,
): Promise<EmbeddedServer[]> {
  const chosen = ports ?? (await freePorts());
  const recipes: Record<ServerName, () => Recipe | Promise<Recipe>> = {
    postgres: () => postgresRecipe(dataDir, chosen.postgres),
    kafka: () => kafkaRecipe(dataDir, chosen, log ?? ignore),
    mongodb: () => mongodbRecipe(dataDir, chosen.mongodb, log ?? ignore),
  };
  const wanted = (parts ?? serverNames).filter((name) => !external?.[urlNames[name]]);
  const servers = (await Promise.all(wanted.map((name) => recipes[name]()))).map(
    (recipe) => new EmbeddedServer(recipe, env),
  );
  await Promise.all(servers.map((server) => server.endLeftover()));
  await requireFree(portsOf(wanted, chosen));
  return servers;
}

function portsOf(names: readonly ServerName[], ports: StackPorts): Partial<StackPorts> {
  const own = Object.fromEntries(names.map((name) => [name, ports[name]]));
  return names.includes('kafka') ? { ...own, kafkaController: ports.kafkaController } : own;
}

async function startAll(servers: EmbeddedServer[]): Promise<void> {
  const started = await Promise.allSettled(servers.map((server) => server.start()));
  const problems = started.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (problems.length > 0) throw combined(problems);
}

function urlsOf(servers: EmbeddedServer[], external: Partial<StackUrls> = {}): StackUrls {
  const urls = { postgresUrl: '', kafkaBrokers: '', mongodbUrl: '', ...external };
  for (const server of servers) urls[urlNames[server.name]] = server.url;
  return urls;
}

// Also clears away what runs that were killed have left.
async function temporaryDir(): Promise<string> {
  for (const name of await readdir(temporaryDirs).catch(() => [])) {
    const [, pid] = /^stack-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && identityOf(Number(pid)) === undefined) await deleteData(join(temporaryDirs, name));
  }
  return join(temporaryDirs, `stack-${process.pid}-${randomBytes(3).toString('hex')}`);
}

function ignore(): void {}
