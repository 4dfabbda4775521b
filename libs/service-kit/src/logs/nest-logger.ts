import { AsyncLocalStorage } from 'node:async_hooks';
import { type LoggerService, Logger as NestLogger } from '@nestjs/common';
import type { Logger } from 'pino';
import { isError } from '../errors/is-error.js';
import { requestContext } from '../http/request-context.js';
import { createLogger } from './logger.js';

/** The logger of the service that is running: everything a service starts inherits it. */
const scope = new AsyncLocalStorage<Logger>();

/** Runs the start of a service so that what Nest, and whatever it starts, has to say is logged as that service's. */
export function runInLogScope<T>(logger: Logger, run: () => T): T {
  installNestLogger();
  return scope.run(logger, run);
}

let installed = false;

/**
 * Nest's logger is one for the whole process. It is replaced once, by one that finds out for each line whose it is, so
 * that services in one process do not take it from each other.
 */
function installNestLogger(): void {
  if (installed) return;
  installed = true;
  NestLogger.overrideLogger(new ScopedLogger(createLogger({ service: 'plaza', level: 'info' })));
}

/** Nest's log lines as ours. Nest passes the class as the last argument, and a stack before it for errors. */
class ScopedLogger implements LoggerService {
  constructor(private readonly otherwise: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    // Nest tells every route and module at this level: of use to those who debug.
    this.write('debug', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  private write(level: 'fatal' | 'error' | 'warn' | 'debug' | 'trace', message: unknown, rest: unknown[]): void {
    const logger = requestContext()?.logger ?? scope.getStore() ?? this.otherwise;
    const context = rest.at(-1);
    const stack = rest.length > 1 ? rest[0] : undefined;
    const fields = { ...(typeof context === 'string' && { context }), ...(typeof stack === 'string' && { stack }) };
    if (isError(message)) logger[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object') logger[level]({ ...fields, details: message });
    else logger[level](fields, String(message));
  }
}
