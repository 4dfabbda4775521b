import { longestWhole, whileDependenciesFail } from '../retry.js';
import type { ChunkTransactions, ConsumerDatabase } from './chunk.js';
import { HandlerFailed } from './dispatch.js';
import type { Chunk, PartitionWork } from './feed.js';
import type { ConsumerHandlers } from './handlers.js';
import { type Position, PositionLost } from './positions.js';
import { type FactRecord, type RawRecord, readRecord } from './record.js';

interface Surroundings {
  db: ConsumerDatabase;
  handlers: ConsumerHandlers;
  transactions: ChunkTransactions;
  onParked: () => void;
}

/**
 * Applies what one partition holds, from the stored position on. While something that a handler needs is away it tries for
 * ever; a fact that fails for any other reason is put aside with its key, and what comes after it goes on.
 */
export class SharedPartition implements PartitionWork {
  waiting = false;

  constructor(
    private readonly position: Position,
    private readonly o: Surroundings,
  ) {}

  get topic(): string {
    return this.position.topic;
  }

  get partition(): number {
    return this.position.partition;
  }

  get offset(): number {
    return this.position.offset;
  }

  read(raw: RawRecord): FactRecord | undefined {
    return readRecord(this.o.handlers, raw);
  }

  /** @throws PositionLost; whatever keeps even the dead letters from being written; the signal's reason */
  async apply(chunk: Chunk, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const longest = chunk.records.length > 1 ? longestWhole : undefined;
    const failure = await this.attempt(() => this.o.transactions.apply(this.position, chunk), signal, longest);
    if (failure === undefined) this.position.offset = chunk.next;
    else if (chunk.records.length > 1) for (const part of partsOf(chunk, failure)) await this.apply(part, signal);
    else await this.putAside(chunk, failure, signal);
  }

  private async putAside({ records: [record], next }: Chunk, failure: Failure, signal: AbortSignal): Promise<void> {
    if (!record) throw failure.error;
    const { db, transactions, handlers, onParked } = this.o;
    db.metrics.failures.inc({ consumer: handlers.name, kind: 'handler' });
    db.logger.warn({ err: failure.error, ...placeOf(record), consumer: handlers.name }, 'A fact failed, its key waits');
    const refused = await this.attempt(() => transactions.park(this.position, record, failure.error, next), signal);
    if (refused) throw refused.error;
    this.position.offset = next;
    onParked();
  }

  /** Undefined when it succeeded. */
  private async attempt(run: () => Promise<void>, signal: AbortSignal, longest?: number): Promise<Failure | undefined> {
    try {
      await whileDependenciesFail(run, { signal, longest, onFailure: (error, failures) => this.wait(error, failures) });
      return undefined;
    } catch (error) {
      if (signal.aborted || error instanceof PositionLost) throw error;
      return error instanceof HandlerFailed ? { error: error.cause, record: error.record } : { error };
    } finally {
      this.waiting = false;
    }
  }

  private wait(error: unknown, failures: number): void {
    const { logger, metrics } = this.o.db;
    const { consumer, topic, partition } = this.position;
    this.waiting = true;
    metrics.failures.inc({ consumer, kind: 'dependency' });
    if (failures % 20 === 1) logger.warn({ err: error, consumer, topic, partition, failures }, 'A consumer waits');
  }
}

interface Failure {
  error: unknown;
  /** The fact that failed, where that is known. */
  record?: FactRecord;
}

/** Cuts a failed chunk into what is before the fact that failed, that fact, and the rest; or one by one. */
export function partsOf({ records, next }: Chunk, { record }: Pick<Failure, 'record'>): Chunk[] {
  const at = record ? records.indexOf(record) : -1;
  const parts =
    at < 0 ? records.map((one) => [one]) : [records.slice(0, at), records.slice(at, at + 1), records.slice(at + 1)];
  const filled = parts.filter((part) => part.length > 0);
  return filled.map((part, index) => ({ records: part, next: filled[index + 1]?.[0]?.offset ?? next }));
}

function placeOf({ topic, partition, offset, key, type }: FactRecord): object {
  return { topic, partition, offset, key, type };
}
