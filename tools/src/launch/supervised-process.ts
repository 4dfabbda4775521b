import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { endWithUs, hasEnded, nodeArguments } from '@plaza/embedded';
import { lastLines, openLog, trimLog } from './log-file.js';
import type { PlatformProcess } from './topology.js';

export interface Supervision {
  log: string;
  /** Told what happens, in words for people. */
  say(line: string): void;
  /** Told when it is of no use to start the process again. */
  givenUp(reason: string): void;
  /** Told when it was started again. */
  restarted(): void;
}

/** Where a process writes what it has to say. */
export function logOf(home: string, name: string): string {
  return join(home, 'logs', `${name}.log`);
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 15_000;
/** A process that lived this long had started well: its next death counts as the first. */
const HEALTHY_MS = 30_000;
/** Deaths in a row, none of them after a healthy life. */
const GIVE_UP_AFTER = 8;
/** sysexits.h: the settings are wrong, which no repetition mends. */
const EXIT_CONFIG = 78;
const STOP_LIMIT_MS = 12_000;
const TRIM_EVERY_MS = 60_000;

/** A process that is started again, with growing pauses, when it ends without having been told to. */
export class SupervisedProcess {
  private child?: ChildProcess;
  private deaths = 0;
  private stopping = false;
  private pause?: NodeJS.Timeout;
  private readonly trimming: NodeJS.Timeout;

  constructor(
    private readonly process: PlatformProcess,
    private readonly supervision: Supervision,
  ) {
    this.trimming = setInterval(() => trimLog(supervision.log), TRIM_EVERY_MS).unref();
  }

  get name(): string {
    return this.process.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const output = openLog(this.supervision.log);
    const startedAt = performance.now();
    // A group of its own: Ctrl-C reaches the launcher alone, which stops everything in order.
    const child = spawn(process.execPath, [...nodeArguments, this.process.script], {
      env: { ...process.env, ...this.process.env },
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.child = child;
    if (child.pid) endWithUs(child.pid);
    child.once('exit', (code, signal) => this.ended(child, { code, signal, lived: performance.now() - startedAt }));
  }

  /** Asks the process to end; kills it when it has not after a while. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.pause);
    clearInterval(this.trimming);
    const { child } = this;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(killing);
  }

  private ended(child: ChildProcess, end: { code: number | null; signal: string | null; lived: number }): void {
    if (child.pid) hasEnded(child.pid);
    this.child = undefined;
    if (this.stopping) return;
    this.deaths = end.lived >= HEALTHY_MS ? 1 : this.deaths + 1;
    const what = `${this.name} ended (${end.signal ?? `exit code ${end.code}`}). Last lines of ${this.supervision.log}:`;
    const words = `${what}\n${lastLines(this.supervision.log, 10)}`;
    if (end.code === EXIT_CONFIG || this.deaths >= GIVE_UP_AFTER) this.supervision.givenUp(words);
    else this.startLater(words);
  }

  private startLater(words: string): void {
    const delay = Math.min(FIRST_DELAY_MS * 2 ** (this.deaths - 1), LONGEST_DELAY_MS);
    this.supervision.say(`${words}\nStarting it again in ${delay / 1_000} s.`);
    this.pause = setTimeout(() => {
      this.start();
      this.supervision.restarted();
    }, delay);
  }
}
