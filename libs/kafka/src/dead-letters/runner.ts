import type { EntityManager } from 'typeorm';
import { type ConsumerDatabase, firstRetry, runAll } from '../consumer/chunk.js';
import { HandlerFailed } from '../consumer/dispatch.js';
import type { ConsumerHandlers } from '../consumer/handlers.js';
import { markFresh } from '../consumer/inbox.js';
import { type ReadableRecord, readRecord } from '../consumer/record.js';
import { isDependencyFailure } from '../retry.js';
import { announceParked, type KeyOfConsumer, purgeLettersOf, reasonOf, unparkIfEmpty, userDeleted } from './store.js';

/** What became of the first letter of a key: nothing to do, applied (perhaps with more behind it), or failed again. */
export type LetterOutcome = 'none' | 'applied' | 'emptied' | 'failed';

// Tries in all: the first one, and three more after 0.1, 0.6 and 2 s.
const laterRetries = [600, 2_000];
const deletionRetry = 60_000;
const dependencyRetry = 1_000;

interface LetterRow {
  id: string;
  partition: number;
  offset: string;
  cluster_id: string;
  type: string;
  headers: Record<string, string>;
  payload: Buffer;
}

/** Applies the facts in the dead letters of a key, one transaction each, in order. */
export class LetterRunner {
  constructor(
    private readonly db: ConsumerDatabase,
    private readonly handlersOf: (consumer: string) => ConsumerHandlers | undefined,
  ) {}

  /** Keys that are to be tried again now. */
  async due(): Promise<KeyOfConsumer[]> {
    return this.db.background.query<KeyOfConsumer[]>(
      `SELECT consumer, topic, key FROM parked_keys
       WHERE state = 'RETRYING' AND next_try_at <= clock_timestamp() ORDER BY next_try_at LIMIT 100`,
    );
  }

  /** Milliseconds until the next key is to be tried again; undefined when there is none. */
  async untilNext(): Promise<number | undefined> {
    const [row] = await this.db.background.query<Array<{ wait: string | null }>>(
      `SELECT extract(epoch FROM min(next_try_at) - clock_timestamp()) * 1000 AS wait FROM parked_keys WHERE state = 'RETRYING'`,
    );
    return row?.wait ? Math.max(Number(row.wait), 0) : undefined;
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
    const afterCommit: Array<() => void> = [];
    try {
      const { background, slots } = this.db;
      const outcome = await slots.run(() =>
        background.transaction((manager) => this.applyFirst(manager, key, due, afterCommit)),
      );
      runAll(afterCommit, this.db.logger);
      return outcome;
    } catch (error) {
      const cause = error instanceof HandlerFailed ? error.cause : error;
      await this.failed(key, cause);
      return 'failed';
    }
  }

  private async applyFirst(
    manager: EntityManager,
    key: KeyOfConsumer,
    due: boolean,
    afterCommit: Array<() => void>,
  ): Promise<LetterOutcome> {
    if (!(await lockKey(manager, key, due))) return 'none';
    const letter = await firstLetter(manager, key);
    if (letter) await this.apply(manager, key, letter, afterCommit);
    if (await unparkIfEmpty(manager, key)) return letter ? 'emptied' : 'none';
    await manager.query(
      `UPDATE parked_keys SET attempts = 0, next_try_at = clock_timestamp() WHERE consumer = $1 AND topic = $2 AND key = $3`,
      [key.consumer, key.topic, key.key],
    );
    return 'applied';
  }

  private async apply(
    manager: EntityManager,
    key: KeyOfConsumer,
    letter: LetterRow,
    afterCommit: Array<() => void>,
  ): Promise<void> {
    const fresh = await this.unmarked(manager, key, letter);
    await this.db.dispatch.deliver(fresh, { manager, afterCommit });
    await manager.query(`DELETE FROM dead_letters WHERE id = $1`, [letter.id]);
    if (fresh.some(({ type }) => type === userDeleted)) await purgeLettersOf(manager, key.key);
    this.db.metrics.facts.inc({ consumer: key.consumer, outcome: fresh.length > 0 ? 'applied' : 'duplicate' });
  }

  private async unmarked(manager: EntityManager, key: KeyOfConsumer, letter: LetterRow): Promise<ReadableRecord[]> {
    const handlers = this.handlersOf(key.consumer);
    if (!handlers) throw new Error(`This service has no consumer ${key.consumer} any more`);
    const { partition, offset, headers, payload: value } = letter;
    const raw = { topic: key.topic, key: key.key, partition, offset: Number(offset), headers, value };
    const record = readRecord(handlers, raw);
    if (!record) throw new Error(`Consumer ${key.consumer} does not handle ${letter.type} any more`);
    if (record.problem) throw record.problem;
    return handlers.declaration.marks ? markFresh(manager, key.consumer, letter.cluster_id, [record]) : [record];
  }

  private async failed(key: KeyOfConsumer, error: unknown): Promise<void> {
    const { background, logger, metrics } = this.db;
    const dependency = isDependencyFailure(error);
    metrics.failures.inc({ consumer: key.consumer, kind: dependency ? 'dependency' : 'handler' });
    logger.warn({ err: error, ...key }, 'A fact in the dead letters failed again');
    await background.transaction((manager) => this.record(manager, key, error, dependency));
  }

  private async record(manager: EntityManager, key: KeyOfConsumer, error: unknown, dependency: boolean): Promise<void> {
    const parked = await lockKey(manager, key, false);
    const letter = parked && (await firstLetter(manager, key));
    if (!parked || !letter) return;
    const attempts = dependency ? parked.attempts : parked.attempts + 1;
    const delay = dependency ? dependencyRetry : delayAfter(attempts, letter.type);
    const state = parked.state === 'PARKED' || delay === undefined ? 'PARKED' : 'RETRYING';
    await manager.query(
      `UPDATE parked_keys SET state = $4, attempts = $5, reason = $6, next_try_at = clock_timestamp() + $7 * interval '1 millisecond'
       WHERE consumer = $1 AND topic = $2 AND key = $3`,
      [key.consumer, key.topic, key.key, state, attempts, reasonOf(error), delay ?? 0],
    );
    if (state === parked.state) return;
    const name = error instanceof Error ? error.name : 'unknown';
    await announceParked(manager, this.db.service, { ...key, type: letter.type, error: name });
  }
}

/** Milliseconds until the next try after so many, or undefined after the last one. A deletion is tried for ever. */
export function delayAfter(attempts: number, type: string): number | undefined {
  return [firstRetry, ...laterRetries][attempts - 1] ?? (type === userDeleted ? deletionRetry : undefined);
}

// A key that is being tried elsewhere is left alone, unless someone asked for this one.
async function lockKey(
  manager: EntityManager,
  { consumer, topic, key }: KeyOfConsumer,
  due: boolean,
): Promise<{ state: string; attempts: number } | undefined> {
  const [row] = await manager.query<Array<{ state: string; attempts: number }>>(
    `SELECT state, attempts FROM parked_keys WHERE consumer = $1 AND topic = $2 AND key = $3
     ${due ? `AND state = 'RETRYING' AND next_try_at <= clock_timestamp() FOR UPDATE SKIP LOCKED` : 'FOR UPDATE'}`,
    [consumer, topic, key],
  );
  return row;
}

async function firstLetter(
  manager: EntityManager,
  { consumer, topic, key }: KeyOfConsumer,
): Promise<LetterRow | undefined> {
  const [letter] = await manager.query<LetterRow[]>(
    `SELECT id, kafka_partition AS partition, kafka_offset AS offset, cluster_id, type, headers, payload
     FROM dead_letters WHERE consumer = $1 AND topic = $2 AND key = $3 ORDER BY id LIMIT 1`,
    [consumer, topic, key],
  );
  return letter;
}
