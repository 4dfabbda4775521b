import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { nodeArguments } from '@plaza/embedded';

const LINES_KEPT = 60;

/** One process of the platform: what it printed last is kept, to be shown when something goes wrong. */
export class PlatformProcess {
  private child?: ChildProcess;
  private readonly printed: string[] = [];

  constructor(
    readonly name: string,
    private readonly script: string,
    private env: NodeJS.ProcessEnv,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Whether it has ended by itself. */
  get hasEnded(): boolean {
    return this.child !== undefined && (this.child.exitCode !== null || this.child.signalCode !== null);
  }

  /** Settings that the next start uses besides the others. */
  change(env: NodeJS.ProcessEnv): void {
    this.env = { ...this.env, ...env };
  }

  start(): void {
    const child = spawn(process.execPath, [...nodeArguments, this.script], {
      env: { ...process.env, NODE_OPTIONS: '', ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => this.keep(text.toString()));
    this.child = child;
  }

  /** Sends the signal and waits until the process is gone. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  lastLines(): string {
    return `--- ${this.name}\n${this.printed.join('')}`;
  }

  private keep(text: string): void {
    this.printed.push(text);
    if (this.printed.length > LINES_KEPT) this.printed.shift();
  }
}

/** The built entry of an app: `apps/<app>/dist/main.js`. The build has run before the tests (see nx.json). */
export function entryOf(app: string): string {
  return createRequire(import.meta.url).resolve(`../../${app}/dist/main.js`);
}
