import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program in Python, as somebody outside Plaza runs it. */
export class PythonProgram {
  constructor(
    private readonly file: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /**
   * Runs it to its end and gives the lines that it printed.
   * @throws Error with what it complained of
   */
  async run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
    const child = this.start(args, env);
    const [printed, complaints] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close')]);
    if (child.exitCode !== 0) throw new Error(`${this.file} ended with ${child.exitCode}:\n${complaints}`);
    return printed.trim().split('\n');
  }

  /** Starts it and leaves it running. */
  start(args: string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn('python3', [this.file, ...args], { env: { ...process.env, ...this.env, ...env } });
  }
}

async function textOf(stream: ChildProcess['stdout']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
