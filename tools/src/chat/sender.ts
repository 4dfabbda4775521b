import type { Problem } from './api.js';
import { backoff } from './backoff.js';
import { ConnectionLost, type Frame } from './stream.js';

/** A message that is on its way. */
export interface Line {
  /** By it the platform knows a message that comes again. */
  clientId: string;
  conversationId: string;
  content: string;
}

export interface SenderParts {
  /** Sends once and gives the answer. @throws ConnectionLost */
  send(line: Line): Promise<Frame>;
  onRefused(line: Line, problem: Problem): void;
  wait(ms: number): Promise<void>;
}

/** Sends lines one after the other, in the order in which they were written, each until it is known what became of it. */
export class Sender {
  private readonly unsent: Line[] = [];
  private working = false;
  private whenDone: Array<() => void> = [];

  constructor(private readonly parts: SenderParts) {}

  get count(): number {
    return this.unsent.length;
  }

  add(line: Line): void {
    this.unsent.push(line);
    this.resume();
  }

  /** There is a connection again. */
  resume(): void {
    if (!this.working) void this.work();
  }

  /** Resolves when nothing is unsent. */
  done(): Promise<void> {
    return new Promise((resolve) => {
      if (this.unsent.length === 0) resolve();
      else this.whenDone.push(resolve);
    });
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let line = this.unsent[0]; line && (await this.isSettled(line)); line = this.unsent[0]) this.unsent.shift();
    this.working = false;
    if (this.unsent.length === 0) for (const resolve of this.whenDone.splice(0)) resolve();
  }

  /** False when the connection was lost. */
  private async isSettled(line: Line): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.answerTo(line);
      if (!answer) return false;
      const problem = problemOf(answer);
      if (problem && isPassing(problem)) {
        await this.parts.wait((problem.retryAfter ?? 0) * 1_000 || backoff(tries, Math.random()));
        continue;
      }
      if (problem) this.parts.onRefused(line, problem);
      return true;
    }
  }

  private async answerTo(line: Line): Promise<Frame | undefined> {
    try {
      return await this.parts.send(line);
    } catch (error) {
      if (error instanceof ConnectionLost) return undefined;
      throw error;
    }
  }
}

function problemOf({ type, data }: Frame): Problem | undefined {
  return type === 'error' ? (data as unknown as Problem) : undefined;
}

/** What another try may put right. */
function isPassing({ status, code }: Problem): boolean {
  return status === 429 || status >= 500 || code === 'IDEMPOTENCY_BUSY';
}
