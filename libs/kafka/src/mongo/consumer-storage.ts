import type { ClientSession, Db } from 'mongodb';
import type { DatabaseTransaction } from '../consumer/database-transaction.js';
import type { TopicPartition } from '../consumer/log.js';
import type { Position } from '../consumer/positions.js';
import type { ReadableRecord } from '../consumer/record.js';
import type { ConsumerStorage, ConsumerTransaction, MarksOf, ParkedCount } from '../consumer/storage.js';
import type { DeadLetter, DeadLetterFilter } from '../dead-letters/read.js';
import {
  announcement,
  deadLetterParked,
  type KeyOfConsumer,
  type Letter,
  type ParkedKey,
  type ParkedState,
  type StoredLetter,
} from '../dead-letters/store.js';
import { deadLetterTopic } from '../topics.js';
import { parkedId } from './consumer-documents.js';
import { dropMarks, markFresh } from './inbox.js';
import { countLetters, readLetter, readLetters } from './letters.js';
import { MongoOutbox } from './outbox.js';
import * as parked from './parked.js';
import * as positions from './positions.js';
import { databaseOf, inTransaction } from './transaction.js';

// The relay, its change stream and the dead letters use the pool as well.
const sparedConnections = 3;

/** What consumers keep in MongoDB. */
export class MongoConsumerStorage implements ConsumerStorage {
  constructor(private readonly db: Db) {}

  get transactionsAtOnce(): number {
    return Math.max(this.db.client.options.maxPoolSize - sparedConnections, 1);
  }

  transaction<T>(run: (transaction: ConsumerTransaction) => Promise<T>): Promise<T> {
    return inTransaction(this.db, (session) => run(new MongoConsumerTransaction(this.db, session)));
  }

  within({ session }: DatabaseTransaction): ConsumerTransaction {
    if (!session) throw new TypeError('This is no transaction in MongoDB');
    return new MongoConsumerTransaction(databaseOf(session, this.db.databaseName), session);
  }

  movePosition(position: Position, next: number): Promise<void> {
    return positions.movePosition(this.db, position, next);
  }

  positions(consumer: string, of: TopicPartition[]): Promise<Position[]> {
    return positions.readPositions(this.db, consumer, of);
  }

  allPositions(): Promise<Position[]> {
    return positions.readAllPositions(this.db);
  }

  addPosition(at: Position): Promise<void> {
    return positions.insertPosition(this.db, at);
  }

  resetPosition(from: Position, to: Position): Promise<void> {
    return positions.resetPosition(this.db, from, to);
  }

  dropMarks(consumer: string, of: MarksOf[]): Promise<number> {
    return dropMarks(this.db, consumer, of);
  }

  dueKeys(): Promise<KeyOfConsumer[]> {
    return parked.dueKeys(this.db);
  }

  untilNextKey(): Promise<number | undefined> {
    return parked.untilNextKey(this.db);
  }

  parkedKeys(filter: DeadLetterFilter): Promise<KeyOfConsumer[]> {
    return parked.readParkedKeys(this.db, filter);
  }

  parkedCounts(): Promise<ParkedCount[]> {
    return parked.parkedCounts(this.db);
  }

  letters(filter: DeadLetterFilter): Promise<DeadLetter[]> {
    return readLetters(this.db, filter);
  }

  letter(id: string): Promise<DeadLetter | undefined> {
    return readLetter(this.db, id);
  }

  countLetters(filter: DeadLetterFilter): Promise<number> {
    return countLetters(this.db, filter);
  }
}

class MongoConsumerTransaction implements ConsumerTransaction {
  private readonly keys: parked.ParkedKeys;

  constructor(
    private readonly db: Db,
    private readonly session: ClientSession,
  ) {
    this.keys = new parked.ParkedKeys(db, session);
  }

  get handle(): DatabaseTransaction {
    return { session: this.session };
  }

  movePosition(position: Position, next: number): Promise<void> {
    return positions.movePosition(this.db, position, next, this.session);
  }

  async movePositionAndLock(position: Position, next: number, keys: string[]): Promise<Set<string>> {
    await this.movePosition(position, next);
    return this.keys.lockAll(position, keys);
  }

  lockParkedKeys(of: Pick<KeyOfConsumer, 'consumer' | 'topic'>, keys: string[]): Promise<Set<string>> {
    return this.keys.lockAll(of, keys);
  }

  markFresh(consumer: string, clusterId: string, records: ReadableRecord[]): Promise<ReadableRecord[]> {
    return markFresh(this.db, this.session, { consumer, clusterId, records });
  }

  parkKey(key: KeyOfConsumer, o: { state: ParkedState; reason: string; delay: number }): Promise<void> {
    return this.keys.park(key, o);
  }

  appendLetters(at: Position, letters: Letter[]): Promise<void> {
    return this.keys.append(at, letters);
  }

  async announceParked(service: string, announced: KeyOfConsumer & { type: string; error: string }): Promise<void> {
    const entry = { topic: deadLetterTopic(service), type: deadLetterParked, ...announcement(announced) };
    // The relay finds it at its next poll.
    await new MongoOutbox(this.db, () => undefined).addEntries(this.session, [entry]);
  }

  lockKey(key: KeyOfConsumer, due: boolean): Promise<ParkedKey | undefined> {
    return this.keys.lock(key, due);
  }

  firstLetter(key: KeyOfConsumer): Promise<StoredLetter | undefined> {
    return this.keys.firstLetter(key);
  }

  deleteLetter(id: string): Promise<void> {
    return this.keys.deleteLetter(id);
  }

  noteTry(key: KeyOfConsumer, o: ParkedKey & { reason?: string; delay: number }): Promise<void> {
    return this.keys.noteTry(key, o);
  }

  unparkIfEmpty(key: KeyOfConsumer): Promise<boolean> {
    return this.keys.unparkIfEmpty(parkedId(key));
  }

  purgeLettersOf(userId: string): Promise<number> {
    return this.keys.purge(userId);
  }

  dropOldLetters(): Promise<number> {
    return this.keys.dropOld();
  }
}
