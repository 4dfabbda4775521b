import { createInterface, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { COLOURED, PLAIN, type Style } from './style.js';

const PROMPT = '> ';

/** Lines in and out: with a prompt and colours where there are people, without where there are pipes. */
export class Terminal {
  readonly style: Style;
  private readonly lines: Interface;
  private readonly shown: boolean;

  constructor(
    private readonly input: NodeJS.ReadStream | ReadStream,
    private readonly output: NodeJS.WriteStream | WriteStream,
  ) {
    this.shown = input.isTTY && output.isTTY;
    this.style = this.shown && output.hasColors() ? COLOURED : PLAIN;
    this.lines = createInterface({ input, output: this.shown ? output : undefined, prompt: PROMPT });
  }

  /** Prints a line above the one that is being typed. */
  print(line: string): void {
    if (this.shown) this.output.write('\r\u001b[K');
    this.output.write(`${line}\n`);
    if (this.shown) this.lines.prompt(true);
  }

  /** Told of each key, where there are keys. */
  onKey(listener: () => void): void {
    if (this.shown) this.input.on('keypress', listener);
  }

  /** Line after line, until the end of the input or Ctrl-C. */
  async *read(): AsyncGenerator<string> {
    if (this.shown) this.lines.prompt();
    this.lines.on('SIGINT', () => this.lines.close());
    for await (const line of this.lines) {
      // What was typed is shown as a message once it has become one.
      if (this.shown) this.output.write('\u001b[A\r\u001b[K');
      yield line;
    }
  }

  close(): void {
    this.lines.close();
  }
}
