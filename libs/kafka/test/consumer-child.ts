import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ConsumerOptions } from '../src/consumer/options.js';
import type { ConsumerBed } from './consumer-bed.js';

/** A consumer in a process of its own. */
export interface ConsumerChild {
  process: ChildProcess;
  /** How many facts it has begun to apply. */
  readonly begun: number;
}

/** Starts a process with a consumer of `parcel.moved`. Its output is read, so that it never waits for us. */
export function startChild({ settings, ledger }: ConsumerBed, options: ConsumerOptions): ConsumerChild {
  const env = {
    ...process.env,
    KAFKA_SETTINGS: JSON.stringify({ ...settings, instance: randomUUID() }),
    DATABASE_URL: ledger.url,
    CONSUMER: JSON.stringify(options),
  };
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const flags = ['--import', file('./typescript.mjs'), '--conditions', '@plaza/source', '--no-warnings'];
  const child = spawn(process.execPath, [...flags, file('./consumer-process.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let begun = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line !== 'READY') begun++;
  });
  return {
    process: child,
    get begun() {
      return begun;
    },
  };
}
