import type { Logger } from 'pino';

/** A flag that one loop waits for. Raised while the loop is busy it is not lost: the next wait is then over at once. */
export class WakeFlag {
  private raised = false;
  private onRaise: (() => void) | undefined;

  raise(): void {
    this.raised = true;
    this.onRaise?.();
  }

  /** Before the loop looks for work, so that only what comes after that look counts. */
  lower(): void {
    this.raised = false;
  }

  /** Waits until the flag is up, at most `ms`. */
  async wait(ms: number): Promise<void> {
    if (this.raised) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.onRaise = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.onRaise = undefined;
  }
}

/** Hears of facts that other instances have added, while this one holds the lease. What it misses the poll finds. */
export interface RelayListener {
  start(): void;
  stop(): Promise<void>;
}

/**
 * Tells the holder, which is another process, of new facts: at most once per 10 ms and outside the business
 * transaction, as one in each transaction cost a third of the throughput.
 */
export class HolderNotifier {
  private static readonly pauseMs = 10;
  private timer: NodeJS.Timeout | undefined;
  private again = false;

  constructor(
    private readonly send: () => Promise<unknown>,
    private readonly logger: Logger,
  ) {}

  notify(): void {
    if (this.timer) {
      this.again = true;
      return;
    }
    this.timer = setTimeout(() => this.rested(), HolderNotifier.pauseMs);
    this.send().catch((error: unknown) => {
      this.logger.debug({ err: error }, 'the relay could not be notified; its poll will find the facts');
    });
  }

  private rested(): void {
    this.timer = undefined;
    if (!this.again) return;
    this.again = false;
    this.notify();
  }
}
