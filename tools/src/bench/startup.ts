import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PlatformProcess } from '@plaza/e2e';
import { freePort } from '@plaza/embedded';

const root = join(fileURLToPath(import.meta.url), '../../../..');
const dataDir = join(root, '.plaza/bench-start');
const MB = 1024 * 1024;

export interface Start {
  /** From the start of the launcher to /health/startup answering 200. */
  seconds: number;
  /** Resident memory of the all-in-one process, 2 s later. */
  megabytes: number;
}

/** Starts the platform as `npm start` does, with data from an earlier run; `end` says how the run before was ended. */
export async function timeStart(end: 'clean' | 'kill -9'): Promise<Start> {
  const first = await launch();
  await (end === 'clean' ? first.process.end('SIGTERM') : killAll(first.process));
  const again = await launch();
  await pause(2_000);
  const megabytes = residentBytes(runFile().processes['all-in-one'] ?? 0) / MB;
  await again.process.end('SIGTERM');
  return { seconds: again.seconds, megabytes };
}

async function launch(): Promise<{ process: PlatformProcess; seconds: number }> {
  const port = await freePort();
  const env = { PLAZA_DATA_DIR: dataDir, PLAZA_PORT: String(port) };
  const process = new PlatformProcess('launcher', join(root, 'tools/dist/start.js'), env);
  const startedAt = performance.now();
  process.start();
  while (!(await isStarted(port))) {
    if (performance.now() - startedAt > 120_000) throw new Error(process.lastLines());
    await pause(50);
  }
  return { process, seconds: (performance.now() - startedAt) / 1_000 };
}

async function isStarted(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/startup`)).ok;
  } catch {
    // Nothing listens yet: that is what is being timed.
    return false;
  }
}

/** Every process that the launcher has noted, and then itself, at once. */
async function killAll(launcher: PlatformProcess): Promise<void> {
  const pids = Object.values(runFile().processes);
  const ended = launcher.end('SIGKILL');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await ended;
}

function runFile(): { processes: Record<string, number> } {
  return JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
}

/** Memory of a process that is in use, as the system sees it. */
export function residentBytes(pid: number): number {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return Number(pages) * 4096;
}
