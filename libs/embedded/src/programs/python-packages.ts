import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StackError } from '../stack-error.js';
import { cacheDir } from '../system/places.js';
import { lastLines, run } from '../system/processes.js';

const PYTHON = 'python3';

/**
 * Packages of Python as a requirements file with hashes names them, fetched with pip the first time: the folder for
 * PYTHONPATH. Nothing is installed outside the project's own cache.
 * @throws StackError with what to do, where there is no Python with pip or pip fails
 */
export async function pythonPackages(requirements: string, log: (line: string) => void): Promise<string> {
  const digest = createHash('sha256').update(await readFile(requirements));
  digest.update(await python('-c', 'import sys; print(sys.implementation.cache_tag)'));
  const cached = join(cacheDir, `python-${digest.digest('hex').slice(0, 12)}`);
  if (existsSync(cached)) return cached;
  log('Fetching packages of Python with pip (once) ...');
  const unfinished = `${cached}.unfinished-${process.pid}`;
  try {
    await mkdir(unfinished, { recursive: true });
    const args = ['--quiet', '--require-hashes', '--only-binary', ':all:', '--target', unfinished, '-r', requirements];
    await python('-m', 'pip', 'install', '--disable-pip-version-check', '--root-user-action', 'ignore', ...args);
    // Another process may have been faster.
    await rename(unfinished, cached).catch((error) => {
      if (!existsSync(cached)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return cached;
}

async function python(...args: string[]): Promise<string> {
  const finished = await run(PYTHON, args);
  if (finished === undefined) throw new StackError(`Python (${PYTHON}) is missing. Install it, with pip.`);
  if (finished.code === 0) return finished.output;
  throw new StackError(`${PYTHON} ${args[0]} ${args[1]} failed. It said:\n${lastLines(finished.output, 10)}`);
}
