import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@plaza/embedded';
import pg from 'pg';

export interface Floor {
  url: string;
  /** People that can be read. */
  ids: string[];
  stop(): Promise<void>;
}

/** Starts bare Fastify with pg, in a process and a database of its own on the same server. */
export async function startFloor(postgresUrl: string): Promise<Floor> {
  const database = `bench_floor_${Date.now()}`;
  await administer(postgresUrl, `CREATE DATABASE ${database}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  const port = await freePort();
  const child = fork(join(fileURLToPath(import.meta.url), '../floor-server.js'), {
    env: { ...process.env, BENCH_POSTGRES_URL: url.toString(), BENCH_PORT: String(port) },
  });
  const [ids] = (await once(child, 'message')) as [string[]];
  const stop = async () => {
    await ended(child);
    await administer(postgresUrl, `DROP DATABASE ${database} WITH (FORCE)`);
  };
  return { url: `http://127.0.0.1:${port}`, ids, stop };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}

async function administer(postgresUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}
