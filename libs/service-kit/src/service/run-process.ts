import type { Logger } from 'pino';
import { SettingsInvalid } from '../config/read-settings.js';
import { createLogger } from '../logs/logger.js';

/** What a process gives to what it runs. */
export interface ProcessSignals {
  /** Ends the waiting for what is away. */
  signal: AbortSignal;
  /** To be told when the process has to be started anew. */
  onFatal(reason: Error): void;
}

/**
 * Runs something until a signal, and ends the process with 0 after a signal, 1 after an error nobody handled, 78 for
 * settings that are not right. A second signal, at least a second later, ends it at once: npm and the terminal may both send one.
 */
export async function runProcess(
  name: string,
  start: (signals: ProcessSignals) => Promise<{ stop(): Promise<void> }>,
): Promise<void> {
  const ending = new Ending(createLogger({ service: name, level: 'info' }));
  ending.listen();
  try {
    const running = await start({ signal: ending.signal, onFatal: () => ending.end(1) });
    ending.onEnd(() => running.stop());
  } catch (error) {
    ending.failed(error);
  }
}

const EXIT_CONFIGURATION = 78;
const ONE_KEY_PRESS_MS = 1_000;

/** How a process ends. Only here, since signals and unhandled errors belong to the process. */
class Ending {
  private readonly aborted = new AbortController();
  private stop?: () => Promise<void>;
  private code?: number;
  private signalledAt?: number;

  constructor(private readonly logger: Logger) {}

  get signal(): AbortSignal {
    return this.aborted.signal;
  }

  listen(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.signalled(signal));
    process.on('unhandledRejection', (reason) => this.broke(reason));
    process.on('uncaughtException', (error) => this.broke(error));
  }

  onEnd(stop: () => Promise<void>): void {
    this.stop = stop;
    if (this.code !== undefined) void this.finish(this.code);
  }

  /** Stops what runs, then ends the process with this code; the first code counts. */
  end(code: number): void {
    if (this.code !== undefined) return;
    this.code = code;
    this.aborted.abort(new Error('the process ends'));
    if (this.stop) void this.finish(code);
  }

  failed(error: unknown): void {
    if (this.code !== undefined) process.exit(this.code);
    if (error instanceof SettingsInvalid) {
      this.logger.fatal(error.message);
      process.exit(EXIT_CONFIGURATION);
    }
    this.logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }

  private signalled(signal: string): void {
    const now = performance.now();
    this.signalledAt ??= now;
    if (now - this.signalledAt > ONE_KEY_PRESS_MS) {
      this.logger.warn({ signal }, 'ending at once');
      process.exit(1);
    }
    this.logger.info({ signal }, 'stopping');
    this.end(0);
  }

  /** After an error that nobody handled nothing is known for sure any more: no orderly stop. */
  private broke(error: unknown): void {
    this.logger.fatal({ err: error }, 'an error that nobody handled');
    process.exit(1);
  }

  private async finish(code: number): Promise<void> {
    try {
      await this.stop?.();
    } catch (error) {
      this.logger.error({ err: error }, 'did not stop in order');
    }
    process.exit(code);
  }
}
