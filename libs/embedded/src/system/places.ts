import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StackError } from '../stack-error.js';
import { run } from './processes.js';

/** The checkout that this package belongs to, from `src` and from `dist` alike. */
export const checkout = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');

/** What is downloaded once for all stacks of the checkout; several checkouts may share one with PLAZA_CACHE_DIR. */
export const cacheDir = resolve(process.env.PLAZA_CACHE_DIR || join(checkout, '.plaza/cache'));

export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. Under root it runs as the user `postgres`, or as `nobody` where there is none;
 * undefined where we are not root.
 */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    if (uid?.code === 0 && gid?.code === 0) return { uid: Number(uid.output), gid: Number(gid.output) };
  }
  throw new StackError(
    'PostgreSQL cannot run as root, and there is no user "postgres" or "nobody" to run it as. Add one.',
  );
}

/** Whether the user gets to the path, whatever the folders above it allow us. */
export async function canReach(user: ServerUser, path: string): Promise<boolean> {
  const tried = await run('sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/' });
  return tried?.code === 0;
}

/** Where data of another user live when the checkout lies in a folder closed to that user: one place per checkout. */
export async function openFolder(): Promise<string> {
  return `/var/tmp/plaza-${digest(await realpath(checkout))}`;
}

/** The subfolder of `openFolder()` for one data directory. */
export async function openFolderFor(dataDir: string): Promise<string> {
  return join(await openFolder(), digest(resolve(dataDir)));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Makes a subfolder of `openFolder()`. The name is foreseeable, so a folder that somebody else put there is refused. */
export async function makeOpenFolder(path: string): Promise<void> {
  const top = await openFolder();
  await mkdir(top, { recursive: true, mode: 0o711 });
  const found = await lstat(top);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new StackError(`${top} belongs to somebody else. Remove it, or move the checkout where all users may enter.`);
  }
  await mkdir(path, { recursive: true, mode: 0o711 });
}

/** Makes the folder that the server's user will fill. */
export async function makeOwned(path: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

/** Deletes a stopped stack's data, wherever they are. */
export async function deleteData(dataDir: string): Promise<void> {
  await rm(await openFolderFor(dataDir), { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
}

/** Deletes the copies of programs that were made for the servers' user, unless data of other stacks lie beside them. */
export async function deleteCopies(): Promise<void> {
  const folder = await openFolder();
  const names = await readdir(folder).catch(() => []);
  if (names.every((name) => name.includes('.'))) await rm(folder, { recursive: true, force: true });
}
