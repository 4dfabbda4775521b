import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../service/tokens.js';
import { SigningKeys } from './signing-keys.js';

const EVERY_MS = 30_000;

/**
 * Reads the table of keys now and then: a fact about a key reaches one instance of the service alone, and the end of a key
 * must be known to all of them.
 */
@Injectable()
export class KeyRefresh implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly keys: SigningKeys,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => void this.refresh(), EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async refresh(): Promise<void> {
    try {
      await this.keys.refresh();
    } catch (error) {
      this.logger.warn({ err: error }, 'signing keys could not be read; those known so far stay in use');
    }
  }
}
