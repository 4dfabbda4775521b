import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient, MongoServerError } from 'mongodb';
import { mongodProgram } from '../programs/mongod-download.js';
import type { Recipe } from './server.js';

const NOT_YET_INITIALIZED = 94;

/** MongoDB as a replica set of one node: transactions and change streams need a replica set. */
export function mongodbRecipe(dataDir: string, port: number, log: (line: string) => void): Recipe {
  const data = join(dataDir, 'mongodb');
  let program = '';
  return {
    name: 'mongodb',
    label: 'MongoDB',
    url: `mongodb://127.0.0.1:${port}/?replicaSet=plaza`,
    port,
    data,
    log: join(dataDir, 'mongodb.log'),
    stopSignal: 'SIGTERM',
    endSignal: 'SIGKILL',
    prepare: async () => {
      program = await mongodProgram(log);
      await mkdir(data, { recursive: true });
    },
    command: () => ({ file: program, args: argumentsFor(data, port), cwd: dataDir }),
    ready: () => ask(port),
  };
}

function argumentsFor(data: string, port: number): string[] {
  return [
    ...['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket', '--replSet', 'plaza'],
    ...['--wiredTigerCacheSizeGB', '0.25', '--quiet', '--setParameter', 'diagnosticDataCollectionEnabled=false'],
    // A transaction whose process was killed stays open, and whoever meets it is refused, for this long; by default 60 s.
    ...['--setParameter', 'transactionLifetimeLimitSeconds=10'],
    // On SIGTERM a primary otherwise waits 15 s for clients to leave it.
    ...['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=0'],
  ];
}

async function ask(port: number): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}`, {
    directConnection: true,
    serverSelectionTimeoutMS: 1000,
    timeoutMS: 5000,
  });
  try {
    const host = `127.0.0.1:${port}`;
    await makePrimary(client, host);
    const state = await client.db('admin').command({ hello: 1 });
    if (state.isWritablePrimary !== true) throw new Error('not yet the primary');
  } finally {
    await client.close();
  }
}

// Also where the data were last served on another port: the replica set's own record of its member must follow.
async function makePrimary(client: MongoClient, host: string): Promise<void> {
  const config = await configOf(client);
  const members = [{ _id: 0, host }];
  if (config === undefined) await client.db('admin').command({ replSetInitiate: { _id: 'plaza', members } });
  else if (config.members[0]?.host !== host) {
    await client
      .db('admin')
      .command({ replSetReconfig: { ...config, members, version: config.version + 1 }, force: true });
  }
}

interface ReplicaSetConfig {
  version: number;
  members: Array<{ host: string }>;
}

async function configOf(client: MongoClient): Promise<ReplicaSetConfig | undefined> {
  try {
    return (await client.db('admin').command({ replSetGetConfig: 1 })).config;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return undefined;
    throw error;
  }
}
