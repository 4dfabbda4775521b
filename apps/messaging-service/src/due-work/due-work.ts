import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Ticker } from '@plaza/service-kit';
import type { Logger } from 'pino';

/** What looks again and again for something to do, from when the application stands until it ends. */
export abstract class DueWork implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly ticker: Ticker;

  /** @param name what the log calls it */
  protected constructor(name: string, everyMs: number, logger: Logger) {
    this.ticker = new Ticker(name, everyMs, () => this.doDue(), logger);
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.ticker.stop();
  }

  /** Looks at once. */
  wake(): void {
    this.ticker.wake();
  }

  protected abstract doDue(): Promise<void>;
}
