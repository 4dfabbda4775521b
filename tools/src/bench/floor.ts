import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@plaza/embedded';
import type { Client } from 'pg';
import { inDatabase } from './sql.js';

export interface Floor {
  url: string;
  /** What its script says once it listens. */
  said: string[];
  stop(): Promise<void>;
}

/**
 * Starts bare Fastify with pg, in a process and a database of its own on the same server.
 * @param script name of its file beside this one
 * @param fill puts something into the database first
 */
export async function startFloor(
  postgresUrl: string,
  script: 'floor-server' | 'feed-floor-server',
  fill?: (client: Client) => Promise<void>,
): Promise<Floor> {
  const database = `bench_floor_${Date.now()}`;
  await inDatabase(postgresUrl, (client) => client.query(`CREATE DATABASE ${database}`));
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  if (fill) await inDatabase(url.toString(), fill);
  const port = await freePort();
  const child = fork(join(fileURLToPath(import.meta.url), `../${script}.js`), {
    env: { ...process.env, BENCH_POSTGRES_URL: url.toString(), BENCH_PORT: String(port) },
  });
  const [said] = (await once(child, 'message')) as [string[]];
  const stop = async () => {
    await ended(child);
    await inDatabase(postgresUrl, (client) => client.query(`DROP DATABASE ${database} WITH (FORCE)`));
  };
  return { url: `http://127.0.0.1:${port}`, said, stop };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}
