import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StackUrls } from './stack.js';
import { checkout } from './system/places.js';
import { identityOf } from './system/processes.js';

const file = join(checkout, '.plaza/test/stack.json');

/** Lets test runs of this checkout find the stack of this process; gives what takes the notice down again. */
export async function announceStack(urls: StackUrls): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ pid: process.pid, identity: identityOf(process.pid), urls }, null, 2)}\n`);
  return () => rm(file, { force: true });
}

/** The stack that `npm run test:servers` keeps up, while it does. */
export async function announcedStack(): Promise<{ pid: number; urls: StackUrls } | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const found: { pid: number; identity?: string; urls: StackUrls } = JSON.parse(text);
  return identityOf(found.pid) === found.identity ? found : undefined;
}
