import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { checkout, type StackOptions, type StackUrls } from '../src/index.js';

const POLL_MS = 20;

export interface Reported {
  urls: StackUrls;
  pids: number[];
  error?: string;
}

/** How Node runs one of the test programs, unbuilt. */
export function commandOf(program: string): string[] {
  const node = ['--import', join(checkout, 'tools/source.mjs'), '--disable-warning=TimeoutNegativeWarning'];
  return [process.execPath, ...node, join(import.meta.dirname, 'programs', program)];
}

/** Starts a stack in a process of its own. */
export function startProgram(options: StackOptions, env: NodeJS.ProcessEnv = {}, o: { detached?: boolean } = {}) {
  const [node = '', ...args] = commandOf('start-stack.ts');
  return spawn(node, [...args, JSON.stringify(options)], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...o,
  });
}

/** As `startProgram`; gives what it said once the stack was up or had failed. */
export async function startElsewhere(
  options: StackOptions,
  env: NodeJS.ProcessEnv = {},
): Promise<{ child: ChildProcess; said: Reported }> {
  const child = startProgram(options, env);
  return { child, said: JSON.parse(await firstLine(child)) };
}

export async function firstLine(child: { stdout: Readable }): Promise<string> {
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return line;
}

/** Ends the process and waits for that. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** Waits until a process has the text in its command line. */
export async function untilMentioned(text: string): Promise<void> {
  while (processesMentioning(text).length === 0) await wait(POLL_MS);
}

/** Waits until no process has the text in its command line; fails after 5 s, naming those that have. */
export async function untilNoneMentions(text: string): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (processesMentioning(text).length > 0 && performance.now() < deadline) await wait(POLL_MS);
  expect(processesMentioning(text)).toEqual([]);
}

function processesMentioning(text: string): string[] {
  const commands = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [commandLineOf(name)] : []));
  return commands.filter((command) => command.includes(text));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
