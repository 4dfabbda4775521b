import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { eventually } from '@plaza/testing';

const CHAT = createRequire(import.meta.url).resolve('../../../tools/dist/chat.js');

/** `npm run chat`, or another program to chat with, its input and output in pipes. */
export class ChatProcess {
  private printed = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.printed += text.toString();
      });
    }
  }

  static start(...args: string[]): ChatProcess {
    return ChatProcess.run(CHAT, args);
  }

  static run(script: string, args: string[], settings: NodeJS.ProcessEnv = {}): ChatProcess {
    const env = { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '', TZ: 'UTC', ...settings };
    return new ChatProcess(spawn(process.execPath, [script, ...args], { env, stdio: 'pipe' }));
  }

  get lines(): string[] {
    return this.printed.split('\n').filter((line) => line !== '');
  }

  type(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** The line that is wanted, once it is printed. */
  line(wanted: RegExp): Promise<string> {
    return eventually(
      () => {
        const found = this.lines.find((line) => wanted.test(line));
        if (found === undefined) throw new Error(`${wanted} is not among\n${this.printed}`);
        return found;
      },
      { withinMs: 20_000 },
    );
  }

  /** Says that nothing more is typed; gives the exit code. */
  async end(): Promise<number | null> {
    const { child } = this;
    child.stdin?.end();
    if (child.exitCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
