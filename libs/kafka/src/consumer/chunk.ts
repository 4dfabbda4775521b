import type { Logger } from 'pino';
import { type Letter, reasonOf, userDeleted } from '../dead-letters/store.js';
import type { FactDispatch } from './dispatch.js';
import type { Chunk } from './feed.js';
import type { ConsumerHandlers } from './handlers.js';
import type { ConsumerMetrics } from './metrics.js';
import type { Position } from './positions.js';
import type { FactRecord, ReadableRecord } from './record.js';
import type { Slots } from './slots.js';
import type { ConsumerStorage, ConsumerTransaction } from './storage.js';

/** What the transactions of all consumers of a service share. */
export interface ConsumerDatabase {
  service: string;
  storage: ConsumerStorage;
  slots: Slots;
  dispatch: FactDispatch;
  metrics: ConsumerMetrics;
  logger: Logger;
}

/** Milliseconds from a fact's first failure until it is tried again. */
export const firstRetry = 100;

/** The transactions in which one consumer applies facts. */
export class ChunkTransactions {
  constructor(
    private readonly db: ConsumerDatabase,
    private readonly handlers: ConsumerHandlers,
  ) {}

  /**
   * Applies a chunk and moves the position, or neither. Facts of parked keys go to the dead letters, and so do, from the
   * first one on, those of a key with a fact that can't be understood.
   * @throws HandlerFailed, PositionLost, or whatever the database throws
   */
  async apply(position: Position, { records, next }: Chunk): Promise<void> {
    if (records.length === 0) return this.db.storage.movePosition(position, next);
    const outcome = { applied: 0, duplicate: 0, parked: 0 };
    await this.transaction(async (transaction, afterCommit) => {
      const keys = [...new Set(records.map(({ key }) => key))];
      const { live, letters } = sort(records, await transaction.movePositionAndLock(position, next, keys));
      const fresh = await this.unmarked(transaction, position, live);
      await this.db.dispatch.deliver(fresh, { ...transaction.handle, afterCommit });
      for (const { type, key } of fresh) if (type === userDeleted) await transaction.purgeLettersOf(key);
      await this.putAside(transaction, position, letters);
      Object.assign(outcome, { applied: fresh.length, duplicate: live.length - fresh.length, parked: letters.length });
    });
    this.count(outcome);
  }

  /** Puts a fact that a handler refused into the dead letters, to be tried again soon, and moves the position past it. */
  async park(position: Position, record: FactRecord, error: unknown, next: number): Promise<void> {
    const reason = reasonOf(error);
    await this.transaction(async (transaction) => {
      await transaction.movePosition(position, next);
      await transaction.parkKey({ ...position, key: record.key }, { state: 'RETRYING', reason, delay: firstRetry });
      await transaction.appendLetters(position, [{ record, reason }]);
    });
    this.count({ parked: 1 });
  }

  private async unmarked(
    transaction: ConsumerTransaction,
    position: Position,
    live: ReadableRecord[],
  ): Promise<ReadableRecord[]> {
    if (!this.handlers.declaration.marks) return live;
    return transaction.markFresh(position.consumer, position.clusterId, live);
  }

  private async putAside(transaction: ConsumerTransaction, position: Position, letters: Letter[]): Promise<void> {
    for (const { record, reason } of letters) {
      if (!record.problem) continue;
      const key = { consumer: position.consumer, topic: position.topic, key: record.key };
      await transaction.parkKey(key, { state: 'PARKED', reason, delay: 0 });
      await transaction.announceParked(this.db.service, { ...key, type: record.type, error: record.problem.name });
    }
    await transaction.appendLetters(position, letters);
  }

  // What is to be called after the commit is gathered anew whenever the transaction is run again.
  private async transaction(
    run: (transaction: ConsumerTransaction, afterCommit: Array<() => void>) => Promise<void>,
  ): Promise<void> {
    const { storage, slots } = this.db;
    const committed = await slots.run(() =>
      storage.transaction(async (transaction) => {
        const afterCommit: Array<() => void> = [];
        await run(transaction, afterCommit);
        return afterCommit;
      }),
    );
    runAll(committed, this.db.logger);
  }

  private count(outcome: Partial<Record<'applied' | 'duplicate' | 'parked', number>>): void {
    for (const kind of ['applied', 'duplicate', 'parked'] as const) {
      this.db.metrics.facts.inc({ consumer: this.handlers.name, outcome: kind }, outcome[kind] ?? 0);
    }
  }
}

/** What is to be applied, and what goes to the dead letters: a fact that can't be understood parks its key. */
function sort(records: FactRecord[], parked: Set<string>): { live: ReadableRecord[]; letters: Letter[] } {
  const live: ReadableRecord[] = [];
  const letters: Letter[] = [];
  for (const record of records) {
    if (record.problem) letters.push({ record, reason: reasonOf(record.problem) });
    else if (!parked.has(record.key) || record.type === userDeleted) live.push(record);
    else letters.push({ record, reason: 'Behind a fact of the same key' });
    if (record.problem) parked.add(record.key);
  }
  return { live, letters };
}

/** Runs what handlers wanted run after the commit. One that throws is logged: the facts are applied. */
export function runAll(afterCommit: Array<() => void>, logger: Logger): void {
  for (const run of afterCommit) {
    try {
      run();
    } catch (error) {
      logger.error({ err: error }, 'A callback after the commit of a fact failed');
    }
  }
}
