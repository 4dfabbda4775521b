import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StackError } from './stack-error.js';
import { identityOf } from './system/processes.js';

/** Keeps a second stack off a data directory in use; gives what releases it. A dead holder's lock is taken over. */
export async function lock(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'stack.pid');
  while (!(await take(file))) {
    const holder = await holderOf(dataDir);
    if (holder !== undefined) {
      throw new StackError(`The servers on ${dataDir} are in use by process ${holder}. Stop it first.`);
    }
    await rm(file, { force: true });
  }
  return () => rm(file, { force: true });
}

/** The process that runs a stack on a data directory, if any. */
export async function holderOf(dataDir: string): Promise<number | undefined> {
  const identity = await readFile(join(dataDir, 'stack.pid'), 'utf8').catch(() => '');
  const pid = Number(identity.split(' ')[0]);
  return identity !== '' && identityOf(pid) === identity ? pid : undefined;
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, identityOf(process.pid) ?? '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
