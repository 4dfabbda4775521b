import type { Logger } from 'pino';

const AFTER_FAILURE_MS = 2_000;

/**
 * Runs something again and again, `everyMs` after it ended, and at once when woken. Never twice at a time; a wake during a
 * run is not lost. When it throws, it goes on, a little slower; of an outage the log tells when it begins and when it ends.
 */
export class Ticker {
  private timer?: NodeJS.Timeout;
  private current?: Promise<void>;
  private woken = false;
  private running = false;
  private failing = false;
  private active = false;

  /** @param name what the log calls it */
  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly run: () => Promise<void>,
    private readonly logger: Logger,
  ) {}

  get stopped(): boolean {
    return !this.active;
  }

  start(): void {
    this.active = true;
    this.wake();
  }

  wake(): void {
    if (!this.active) return;
    this.woken = true;
    if (this.running) return;
    this.running = true;
    this.current = this.turn();
  }

  /** Resolves once the run that is under way has ended. */
  async stop(): Promise<void> {
    this.active = false;
    clearTimeout(this.timer);
    await this.current;
  }

  private async turn(): Promise<void> {
    clearTimeout(this.timer);
    while (this.woken && this.active) {
      this.woken = false;
      await this.runLogged();
    }
    this.running = false;
    const delay = this.failing ? Math.max(this.everyMs, AFTER_FAILURE_MS) : this.everyMs;
    if (this.active) this.timer = setTimeout(() => this.wake(), delay);
  }

  private async runLogged(): Promise<void> {
    try {
      await this.run();
      if (this.failing) this.logger.info(`${this.name} goes on`);
      this.failing = false;
    } catch (error) {
      this.logger[this.failing ? 'debug' : 'warn']({ err: error }, `${this.name} failed; it is tried again`);
      this.failing = true;
    }
  }
}
