import { type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { StackError } from '../stack-error.js';
import { endWithUs, hasEnded } from './reaper.js';

export interface Finished {
  code: number | null;
  output: string;
}

// EACCES: also where the PATH has a folder that we may not enter.
const missing = ['ENOENT', 'EACCES'];

/** Runs a program to its end. Gives undefined where there is no such program; `output` is both of its streams. */
export function run(file: string, args: string[], options: SpawnOptions = {}): Promise<Finished | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid } = child;
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    if (pid !== undefined) endWithUs(pid);
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (missing.includes(error.code ?? '')) resolve(undefined);
      else reject(error);
    });
    child.on('close', (code) => {
      if (pid !== undefined) hasEnded(pid);
      resolve({ code, output });
    });
  });
}

/** As `run`, for a program that has to be there and to succeed. */
export async function runOrFail(
  what: string,
  file: string,
  args: string[],
  options: SpawnOptions = {},
): Promise<string> {
  const finished = await run(file, args, options);
  if (finished === undefined) throw new StackError(`${what} failed: there is no ${file}.`);
  if (finished.code === 0) return finished.output;
  throw new StackError(`${what} failed (exit code ${finished.code}):\n${lastLines(finished.output, 20)}`);
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

const TAIL_BYTES = 16_384;

/** The end of a log, which may be long, or gone by now. */
export function lastLinesOf(file: string): string {
  if (!existsSync(file)) return '(there is none)';
  const log = openSync(file, 'r');
  const { size } = fstatSync(log);
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  readSync(log, tail, 0, tail.length, size - tail.length);
  closeSync(log);
  return lastLines(tail.toString(), 15);
}

/** A process for as long as it lives: pids are used again, so when it started is part of its identity (on Linux). */
export function identityOf(pid: number): string | undefined {
  if (!existsSync('/proc')) return isAlive(pid) ? `${pid}` : undefined;
  const fields = statOf(pid);
  return fields === undefined || fields[0] === 'Z' ? undefined : `${pid} ${fields[19]}`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The children of a process; PostgreSQL's are leaders of their own groups, so no signal to its group reaches them. */
export function childrenOf(parent: number): number[] {
  if (!existsSync('/proc')) return [];
  const pids = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  return pids.filter((pid) => statOf(pid)?.[1] === String(parent));
}

// The fields after the command's name, which is in brackets and may itself hold spaces and brackets.
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Sends a signal; a process that is gone already is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
