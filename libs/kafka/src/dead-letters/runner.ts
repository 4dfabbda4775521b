import { type ConsumerDatabase, firstRetry, runAll } from '../consumer/chunk.js';
import { HandlerFailed } from '../consumer/dispatch.js';
import type { ConsumerHandlers } from '../consumer/handlers.js';
import { type ReadableRecord, readRecord } from '../consumer/record.js';
import type { ConsumerTransaction } from '../consumer/storage.js';
import { isDependencyFailure } from '../retry.js';
import { type KeyOfConsumer, reasonOf, type StoredLetter, userDeleted } from './store.js';

/** What became of the first letter of a key: nothing to do, applied (perhaps with more behind it), or failed again. */
export type LetterOutcome = 'none' | 'applied' | 'emptied' | 'failed';

// Tries in all: the first one, and three more after 0.1, 0.6 and 2 s.
const laterRetries = [600, 2_000];
const deletionRetry = 60_000;
const dependencyRetry = 1_000;

/** Applies the facts in the dead letters of a key, one transaction each, in order. */
export class LetterRunner {
  constructor(
    private readonly db: ConsumerDatabase,
    private readonly handlersOf: (consumer: string) => ConsumerHandlers | undefined,
  ) {}

  /** Keys that are to be tried again now. */
  async due(): Promise<KeyOfConsumer[]> {
    return this.db.storage.dueKeys();
  }

  /** Milliseconds until the next key is to be tried again; undefined when there is none. */
  async untilNext(): Promise<number | undefined> {
    return this.db.storage.untilNextKey();
  }

  /** Applies the letters of a key until one fails or none is left. `due`: only while it is the key's time. */
  async run(key: KeyOfConsumer, due: boolean): Promise<{ applied: number; outcome: LetterOutcome }> {
    for (let applied = 0; ; applied++) {
      const outcome = await this.next(key, due);
      if (outcome === 'emptied') return { applied: applied + 1, outcome };
      if (outcome !== 'applied') return { applied, outcome };
    }
  }

  /** Applies the first letter of a key. @throws what the database throws while it is away */
  private async next(key: KeyOfConsumer, due: boolean): Promise<LetterOutcome> {
    const { storage, slots, logger } = this.db;
    try {
      const { outcome, afterCommit } = await slots.run(() =>
        storage.transaction((transaction) => this.applyFirst(transaction, key, due)),
      );
      runAll(afterCommit, logger);
      return outcome;
    } catch (error) {
      const cause = error instanceof HandlerFailed ? error.cause : error;
      await this.failed(key, cause);
      return 'failed';
    }
  }

  private async applyFirst(
    transaction: ConsumerTransaction,
    key: KeyOfConsumer,
    due: boolean,
  ): Promise<{ outcome: LetterOutcome; afterCommit: Array<() => void> }> {
    const afterCommit: Array<() => void> = [];
    const parked = await transaction.lockKey(key, due);
    if (!parked) return { outcome: 'none', afterCommit };
    const letter = await transaction.firstLetter(key);
    if (letter) await this.apply(transaction, key, letter, afterCommit);
    if (await transaction.unparkIfEmpty(key)) return { outcome: letter ? 'emptied' : 'none', afterCommit };
    await transaction.noteTry(key, { state: parked.state, attempts: 0, delay: 0 });
    return { outcome: 'applied', afterCommit };
  }

  private async apply(
    transaction: ConsumerTransaction,
    key: KeyOfConsumer,
    letter: StoredLetter,
    afterCommit: Array<() => void>,
  ): Promise<void> {
    const { consumer } = key;
    const fresh = await this.unmarked(transaction, key, letter);
    await this.db.dispatch.deliver(fresh, { ...transaction.handle, afterCommit });
    await transaction.deleteLetter(letter.id);
    if (fresh.some(({ type }) => type === userDeleted)) await transaction.purgeLettersOf(key.key);
    const outcome = fresh.length > 0 ? 'applied' : 'duplicate';
    afterCommit.push(() => this.db.metrics.facts.inc({ consumer, outcome }));
  }

  private async unmarked(
    transaction: ConsumerTransaction,
    key: KeyOfConsumer,
    letter: StoredLetter,
  ): Promise<ReadableRecord[]> {
    const handlers = this.handlersOf(key.consumer);
    if (!handlers) throw new Error(`This service has no consumer ${key.consumer} any more`);
    const { partition, offset, headers, payload: value } = letter;
    const record = readRecord(handlers, { topic: key.topic, key: key.key, partition, offset, headers, value });
    if (!record) throw new Error(`Consumer ${key.consumer} does not handle ${letter.type} any more`);
    if (record.problem) throw record.problem;
    if (!handlers.declaration.marks) return [record];
    return transaction.markFresh(key.consumer, letter.clusterId, [record]);
  }

  private async failed(key: KeyOfConsumer, error: unknown): Promise<void> {
    const { storage, logger, metrics } = this.db;
    const dependency = isDependencyFailure(error);
    metrics.failures.inc({ consumer: key.consumer, kind: dependency ? 'dependency' : 'handler' });
    logger.warn({ err: error, ...key }, 'A fact in the dead letters failed again');
    await storage.transaction((transaction) => this.record(transaction, key, error, dependency));
  }

  private async record(
    transaction: ConsumerTransaction,
    key: KeyOfConsumer,
    error: unknown,
    dependency: boolean,
  ): Promise<void> {
    const parked = await transaction.lockKey(key, false);
    const letter = parked && (await transaction.firstLetter(key));
    if (!parked || !letter) return;
    const attempts = dependency ? parked.attempts : parked.attempts + 1;
    const delay = dependency ? dependencyRetry : delayAfter(attempts, letter.type);
    const state = parked.state === 'PARKED' || delay === undefined ? 'PARKED' : 'RETRYING';
    await transaction.noteTry(key, { state, attempts, reason: reasonOf(error), delay: delay ?? 0 });
    if (state === parked.state) return;
    const name = error instanceof Error ? error.name : 'unknown';
    await transaction.announceParked(this.db.service, { ...key, type: letter.type, error: name });
  }
}

/** Milliseconds until the next try after so many, or undefined after the last one. A deletion is tried for ever. */
export function delayAfter(attempts: number, type: string): number | undefined {
  return [firstRetry, ...laterRetries][attempts - 1] ?? (type === userDeleted ? deletionRetry : undefined);
}
