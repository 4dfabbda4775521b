import type { Logger } from 'pino';
import { pause } from '../retry.js';
import type { LetterRunner } from './runner.js';

// How long a key whose process died may wait for another one beyond its time.
const lookInterval = 5_000;

/** Tries the keys that are RETRYING again when their time has come, whichever process put them aside. */
export class LetterRetrier {
  private readonly stopping = new AbortController();
  private wakeUp = new AbortController();
  private looping: Promise<void> | undefined;

  constructor(
    private readonly letters: LetterRunner,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.looping ??= this.loop();
  }

  /** A key was put aside a moment ago. */
  wake(): void {
    this.wakeUp.abort();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.looping;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const wait = await this.runDue().catch((error: unknown) => {
        this.logger.debug({ err: error }, 'Could not look at the dead letters');
        return lookInterval;
      });
      await this.sleep(wait);
    }
  }

  /** Returns the milliseconds until something is due. */
  private async runDue(): Promise<number> {
    const wait = await this.letters.untilNext();
    if (wait !== 0) return Math.min(wait ?? lookInterval, lookInterval);
    for (const key of await this.letters.due()) {
      if (this.stopping.signal.aborted) return 0;
      await this.letters.run(key, true);
    }
    return this.letters.untilNext().then((next) => Math.min(next ?? lookInterval, lookInterval));
  }

  private async sleep(milliseconds: number): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, this.wakeUp.signal]);
    await pause(milliseconds, signal).catch(() => undefined);
    if (this.wakeUp.signal.aborted) this.wakeUp = new AbortController();
  }
}
