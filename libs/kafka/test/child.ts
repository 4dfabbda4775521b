import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OutboxBed } from './outbox-bed.js';

const here = dirname(fileURLToPath(import.meta.url));

/** A relay in a process of its own, which is running. */
export async function relayProcess({ settings, notes }: OutboxBed, instance: string): Promise<ChildProcess> {
  const env = { ...process.env, KAFKA_SETTINGS: JSON.stringify({ ...settings, instance }), DATABASE_URL: notes.url };
  const hooks = ['--import', join(here, 'typescript.mjs'), '--conditions', '@plaza/source', '--no-warnings'];
  const child = spawn(process.execPath, [...hooks, join(here, 'relay-process.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

/** Ends the process as a crash does, and waits for its end. */
export async function crash(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
