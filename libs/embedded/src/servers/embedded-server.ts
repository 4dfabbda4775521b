import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { StackError } from '../stack-error.js';
import { childrenOf, identityOf, lastLinesOf, signal } from '../system/processes.js';
import { endWithUs, hasEnded } from '../system/reaper.js';

import type { Recipe, Server, ServerExit, ServerName } from './server.js';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 30;

export class EmbeddedServer implements Server {
  readonly #recipe: Recipe;
  readonly #env: NodeJS.ProcessEnv;
  readonly #listeners = new Set<(exit: ServerExit) => void>();
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #stopping = false;
  #starting: Promise<void> | undefined;

  constructor(recipe: Recipe, env: NodeJS.ProcessEnv = {}) {
    this.#recipe = recipe;
    this.#env = env;
  }

  get name(): ServerName {
    return this.#recipe.name;
  }

  get url(): string {
    return this.#recipe.url;
  }

  get port(): number {
    return this.#recipe.port;
  }

  get log(): string {
    return this.#recipe.log;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  onExit(listener: (exit: ServerExit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): Promise<void> {
    this.#starting ??= this.#startOnce().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async stop(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return this.#exited;
    this.#stopping = true;
    signal(pid, this.#recipe.stopSignal);
    this.#signalAll(pid, 'SIGCONT');
    const killing = setTimeout(() => this.#signalAll(pid, 'SIGKILL'), STOP_LIMIT_MS);
    await this.#exited.finally(() => clearTimeout(killing));
  }

  async kill(name: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    if (name !== 'SIGSTOP' && name !== 'SIGCONT') this.#stopping = true;
    this.#signalAll(pid, name);
    if (name === 'SIGKILL') await this.#exited;
  }

  async wipe(): Promise<void> {
    await this.stop();
    await rm(this.#recipe.data, { recursive: true, force: true });
  }

  // The children first found, then all signalled: those of a killed parent could no longer be told.
  #signalAll(pid: number, name: NodeJS.Signals): void {
    for (const each of [pid, ...childrenOf(pid)]) signal(each, name);
  }

  async #startOnce(): Promise<void> {
    if (this.#child !== undefined) return;
    await this.#recipe.prepare();
    const limit = Date.now() + START_LIMIT_MS;
    while (!(await this.#spawnUntilReady(limit)));
  }

  // True once it is up; false where another try is worth it.
  async #spawnUntilReady(limit: number): Promise<boolean> {
    const child = await this.#spawn();
    while (this.#child === child) {
      if (await this.#isReady()) return true;
      if (Date.now() > limit) {
        await this.kill('SIGKILL');
        throw new StackError(
          `${this.#recipe.label} was not ready within ${START_LIMIT_MS / 1000} s. ${this.#logTail()}`,
        );
      }
      await wait(POLL_MS);
    }
    if (this.#stopping) throw new StackError(`${this.#recipe.label} was stopped while it was starting.`);
    if (this.#recipe.passing?.(this.#logTail()) && Date.now() < limit) return wait(POLL_MS, false);
    throw new StackError(`${this.#recipe.label} ended while it was starting. ${this.#logTail()}`);
  }

  async #isReady(): Promise<boolean> {
    try {
      await this.#recipe.ready();
      return this.#child !== undefined;
    } catch {
      return false;
    }
  }

  async #spawn(): Promise<ChildProcess> {
    const { file, args, cwd, uid, gid } = this.#recipe.command();
    await mkdir(dirname(this.#recipe.log), { recursive: true });
    await rename(this.#recipe.log, `${this.#recipe.log}.old`).catch(ignoreMissing);
    const output = openSync(this.#recipe.log, 'a');
    const env = { ...process.env, ...this.#env };
    const child = spawn(file, args, { cwd, uid, gid, env, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    this.#stopping = false;
    this.#child = child;
    this.#exited = this.#watch(child);
    if (child.pid !== undefined) await this.#remember(child.pid);
    return child;
  }

  #watch(child: ChildProcess): Promise<void> {
    if (child.pid !== undefined) endWithUs(child.pid, this.#recipe.endSignal);
    return new Promise((resolve) => {
      const ended = (code: number | null, by: NodeJS.Signals | null) => {
        if (this.#child !== child) return;
        if (child.pid !== undefined) hasEnded(child.pid);
        this.#child = undefined;
        resolve();
        this.#tellListeners(code, by);
      };
      child.once('exit', ended);
      child.once('error', () => ended(null, null));
    });
  }

  #tellListeners(code: number | null, by: NodeJS.Signals | null): void {
    const { name, label } = this.#recipe;
    const message = `${label} ended (${by ?? `exit code ${code}`}). ${this.#logTail()}`;
    for (const listener of this.#listeners) listener({ name, code, signal: by, expected: this.#stopping, message });
  }

  #logTail(): string {
    return `Last lines of ${this.#recipe.log}:\n${lastLinesOf(this.#recipe.log)}`;
  }

  get #pidFile(): string {
    return `${this.#recipe.log}.pid`;
  }

  async #remember(pid: number): Promise<void> {
    await writeFile(this.#pidFile, identityOf(pid) ?? '');
  }

  /** Ends this server of an earlier run that was killed together with its reaper: it would hold port and data. */
  async endLeftover(): Promise<void> {
    const identity = await readFile(this.#pidFile, 'utf8').catch(ignoreMissing);
    const pid = Number(identity?.split(' ')[0]);
    if (!identity || identityOf(pid) !== identity) return;
    this.#signalAll(pid, 'SIGKILL');
    while (identityOf(pid) === identity) await wait(POLL_MS);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
