import { existsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { deleteData, fakeClock, type Stack, startStack } from '../src/index.js';
import { openFolderFor } from '../src/system/places.js';

const DAY_MS = 24 * 3_600 * 1000;

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plaza-embedded-'));
  await chmod(dataDir, 0o700);
});

afterEach(() => deleteData(dataDir));

async function millisecondsOf({ urls }: Stack): Promise<number> {
  const client = new pg.Client(urls.postgresUrl);
  await client.connect();
  const { rows } = await client.query<{ now: Date }>('SELECT now()');
  await client.end();
  return rows[0]?.now.getTime() ?? 0;
}

it('runs PostgreSQL in a folder closed to others, and deletes all of its data', async () => {
  const stack = await startStack({ dataDir, parts: ['postgres'] });
  const elsewhere = join(await openFolderFor(dataDir), 'postgres');
  const inside = join(dataDir, 'postgres');
  expect(existsSync(elsewhere)).toBe(process.getuid?.() === 0);
  expect(existsSync(inside)).toBe(process.getuid?.() !== 0);
  await stack.stop();
  await deleteData(dataDir);
  expect([elsewhere, inside].filter(existsSync)).toEqual([]);
});

it('keeps a stack without a folder in one of its own, and deletes that when it stops', async () => {
  const stack = await startStack({ parts: ['mongodb'] });
  const folder = join(stack.servers.mongodb?.log ?? '', '..');
  expect(existsSync(folder)).toBe(true);
  await stack.stop();
  expect(existsSync(folder)).toBe(false);
});

it('starts servers again with their clock moved on by 30 days', async () => {
  await (await startStack({ dataDir })).stop();
  const clock = await fakeClock();
  const stack = await startStack({ dataDir, env: clock('+30d') });
  const ahead = (await millisecondsOf(stack)) - Date.now();
  expect(ahead).toBeGreaterThan(29.9 * DAY_MS);
  expect(ahead).toBeLessThan(30.1 * DAY_MS);
  await stack.stop();
});
