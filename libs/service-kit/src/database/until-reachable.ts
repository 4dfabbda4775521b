import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { databaseTrouble } from './database-errors.js';

const LONGEST_PAUSE_MS = 2_000;

/**
 * Repeats something until the database can be reached, for ever; any other error is thrown at once.
 * @throws what `run` throws when the database is not the reason; AbortError once `signal` is aborted
 */
export async function untilReachable<T>(run: () => Promise<T>, logger: Logger, signal?: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      if (databaseTrouble(error) === undefined) throw error;
      if (attempt % 10 === 0) logger.warn({ err: error }, 'the database does not answer yet; trying on');
      await pause(pauseBefore(attempt), undefined, { signal });
    }
  }
}

function pauseBefore(attempt: number): number {
  const ms = Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt);
  return ms / 2 + Math.random() * (ms / 2);
}
