import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileOfWheel } from '../programs/wheels.js';
import { canReach, makeOpenFolder, openFolder, serverUser } from './places.js';

const WHEEL = {
  wheel: 'libfaketime==3.0.1',
  sha256: '5eed7c17f3d4ba0f6f828de4975f69a622b06b1e792674e6c1b069c0689fab79',
  file: 'src/libfaketime.so.1',
  label: 'libfaketime',
  advice: 'Leave out the tests that move the clock.',
};

/**
 * For tests that run processes at another time (Linux x64): gives what makes the environment of a process whose wall clock
 * is off by `+30d`, `-10m` ...; its timers run as ever.
 */
export async function fakeClock(): Promise<(offset: string) => NodeJS.ProcessEnv> {
  const library = await readableByServers(await fileOfWheel(WHEEL, () => undefined));
  const settings = {
    LD_PRELOAD: library,
    // Its guess at glibc's habits makes every timed wait of Java end at once.
    FAKETIME_FORCE_MONOTONIC_FIX: '0',
    DONT_FAKE_MONOTONIC: '1',
    // Times of files stay what they are: a file written before the clock was moved on is that old.
    NO_FAKE_STAT: '1',
  };
  return (offset) => ({ ...settings, FAKETIME: offset });
}

async function readableByServers(library: string): Promise<string> {
  const user = await serverUser();
  if (user === undefined || (await canReach(user, library))) return library;
  const copy = join(await openFolder(), basename(library));
  await makeOpenFolder(await openFolder());
  if (!existsSync(copy)) await copyFile(library, copy);
  return copy;
}
