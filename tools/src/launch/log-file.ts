import { copyFileSync, mkdirSync, openSync, readFileSync, renameSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

const MAX_BYTES = 64 * 1024 * 1024;

/** Opens the log of a process for appending; what an earlier run wrote is kept beside it, as `.old`. */
export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (statSync(file, { throwIfNoEntry: false })) renameSync(file, `${file}.old`);
  return openSync(file, 'a');
}

/** Keeps the log of a running process from growing for ever. It appends, so it goes on at the start of the empty file. */
export function trimLog(file: string): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < MAX_BYTES) return;
  copyFileSync(file, `${file}.old`);
  truncateSync(file);
}

export function lastLines(file: string, count: number): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}
