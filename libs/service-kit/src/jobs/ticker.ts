import type { Logger } from 'pino';

/**
 * Runs something again and again, `everyMs` after it ended, and at once when woken. Never twice at a time; a wake during a
 * run is not lost. What it throws is logged, and it goes on.
 */
export class Ticker {
  private timer?: NodeJS.Timeout;
  private current?: Promise<void>;
  private woken = false;
  private running = false;
  private active = false;

  constructor(
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
    if (this.active) this.timer = setTimeout(() => this.wake(), this.everyMs);
  }

  private async runLogged(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.logger.warn({ err: error }, 'background work failed; it goes on');
    }
  }
}
