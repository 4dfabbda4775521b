import type { DataSource, EntityManager } from 'typeorm';
import type { DatabaseTransaction } from '../consumer/database-transaction.js';
import type { TopicPartition } from '../consumer/log.js';
import type { Position } from '../consumer/positions.js';
import type { ReadableRecord } from '../consumer/record.js';
import type { ConsumerStorage, ConsumerTransaction, MarksOf, ParkedCount } from '../consumer/storage.js';
import type { DeadLetter, DeadLetterFilter } from '../dead-letters/read.js';
import type { KeyOfConsumer, Letter, ParkedKey, ParkedState, StoredLetter } from '../dead-letters/store.js';
import { dropMarks, markFresh } from './inbox.js';
import { countLetters, readLetter, readLetters, readParkedKeys } from './letters.js';
import * as parked from './parked.js';
import * as positions from './positions.js';

// The relay and the dead letters use the pool as well.
const sparedConnections = 2;

/** What consumers keep in PostgreSQL. */
export class PostgresConsumerStorage implements ConsumerStorage {
  constructor(private readonly background: DataSource) {}

  get transactionsAtOnce(): number {
    const { poolSize = 10 } = this.background.options;
    return Math.max(poolSize - sparedConnections, 1);
  }

  transaction<T>(run: (transaction: ConsumerTransaction) => Promise<T>): Promise<T> {
    return this.background.transaction((manager) => run(new PostgresConsumerTransaction(manager)));
  }

  within({ manager }: DatabaseTransaction): ConsumerTransaction {
    if (!manager) throw new TypeError('This is no transaction in PostgreSQL');
    return new PostgresConsumerTransaction(manager);
  }

  movePosition(position: Position, next: number): Promise<void> {
    return positions.movePosition(this.manager, position, next);
  }

  positions(consumer: string, of: TopicPartition[]): Promise<Position[]> {
    return positions.readPositions(this.manager, consumer, of);
  }

  allPositions(): Promise<Position[]> {
    return positions.readAllPositions(this.manager);
  }

  addPosition(at: Position): Promise<void> {
    return positions.insertPosition(this.manager, at);
  }

  resetPosition(from: Position, to: Position): Promise<void> {
    return positions.resetPosition(this.manager, from, to);
  }

  dropMarks(consumer: string, of: MarksOf[]): Promise<number> {
    return dropMarks(this.manager, consumer, of);
  }

  dueKeys(): Promise<KeyOfConsumer[]> {
    return parked.dueKeys(this.manager);
  }

  untilNextKey(): Promise<number | undefined> {
    return parked.untilNextKey(this.manager);
  }

  parkedKeys(filter: DeadLetterFilter): Promise<KeyOfConsumer[]> {
    return readParkedKeys(this.manager, filter);
  }

  parkedCounts(): Promise<ParkedCount[]> {
    return parked.parkedCounts(this.manager);
  }

  letters(filter: DeadLetterFilter): Promise<DeadLetter[]> {
    return readLetters(this.manager, filter);
  }

  letter(id: string): Promise<DeadLetter | undefined> {
    return readLetter(this.manager, id);
  }

  countLetters(filter: DeadLetterFilter): Promise<number> {
    return countLetters(this.manager, filter);
  }

  private get manager(): EntityManager {
    return this.background.manager;
  }
}

class PostgresConsumerTransaction implements ConsumerTransaction {
  constructor(private readonly manager: EntityManager) {}

  get handle(): DatabaseTransaction {
    return { manager: this.manager };
  }

  movePosition(position: Position, next: number): Promise<void> {
    return positions.movePosition(this.manager, position, next);
  }

  movePositionAndLock(position: Position, next: number, keys: string[]): Promise<Set<string>> {
    return positions.movePositionAndLock(this.manager, position, next, keys);
  }

  lockParkedKeys(of: Pick<KeyOfConsumer, 'consumer' | 'topic'>, keys: string[]): Promise<Set<string>> {
    return parked.lockParkedKeys(this.manager, of, keys);
  }

  markFresh(consumer: string, clusterId: string, records: ReadableRecord[]): Promise<ReadableRecord[]> {
    return markFresh(this.manager, consumer, clusterId, records);
  }

  parkKey(key: KeyOfConsumer, o: { state: ParkedState; reason: string; delay: number }): Promise<void> {
    return parked.parkKey(this.manager, key, o);
  }

  appendLetters(at: Position, letters: Letter[]): Promise<void> {
    return parked.appendLetters(this.manager, at, letters);
  }

  announceParked(service: string, announced: KeyOfConsumer & { type: string; error: string }): Promise<void> {
    return parked.announceParked(this.manager, service, announced);
  }

  lockKey(key: KeyOfConsumer, due: boolean): Promise<ParkedKey | undefined> {
    return parked.lockKey(this.manager, key, due);
  }

  firstLetter(key: KeyOfConsumer): Promise<StoredLetter | undefined> {
    return parked.firstLetter(this.manager, key);
  }

  deleteLetter(id: string): Promise<void> {
    return parked.deleteLetter(this.manager, id);
  }

  noteTry(key: KeyOfConsumer, o: ParkedKey & { reason?: string; delay: number }): Promise<void> {
    return parked.noteTry(this.manager, key, o);
  }

  unparkIfEmpty(key: KeyOfConsumer): Promise<boolean> {
    return parked.unparkIfEmpty(this.manager, key);
  }

  purgeLettersOf(userId: string): Promise<number> {
    return parked.purgeLettersOf(this.manager, userId);
  }

  dropOldLetters(): Promise<number> {
    return parked.dropOldLetters(this.manager);
  }
}
