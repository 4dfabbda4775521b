import type { Logger as PinoLogger } from 'pino';
import type { Logger } from 'typeorm';

/** TypeORM's words in our log: slow statements and migrations; never parameters, which are people's data. */
export class DatabaseLogger implements Logger {
  constructor(
    private readonly logger: PinoLogger,
    private readonly onSlowQuery: () => void = () => undefined,
  ) {}

  /** Every statement passes here: not logged. */
  logQuery(): void {}

  /** Not logged here: the error is thrown, and logged by whoever handles it. */
  logQueryError(): void {}

  logQuerySlow(ms: number, query: string): void {
    this.onSlowQuery();
    this.logger.warn({ ms, query: query.slice(0, 500) }, 'slow statement');
  }

  logSchemaBuild(message: string): void {
    this.logger.debug(message);
  }

  logMigration(message: string): void {
    this.logger.info(message);
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn(String(message));
    else this.logger.debug(String(message));
  }
}
