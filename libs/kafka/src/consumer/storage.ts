import type { DeadLetter, DeadLetterFilter } from '../dead-letters/read.js';
import type { KeyOfConsumer, Letter, ParkedKey, ParkedState, StoredLetter } from '../dead-letters/store.js';
import type { DatabaseTransaction } from './database-transaction.js';
import type { Position, PositionStorage } from './positions.js';
import type { ReadableRecord } from './record.js';

/** What consumers do in one transaction of their database. */
export interface ConsumerTransaction {
  readonly handle: DatabaseTransaction;
  /**
   * Moves the position, if it still is where this process believes it to be, and keeps others from moving it until the end
   * of the transaction.
   * @throws PositionLost
   */
  movePosition(position: Position, next: number): Promise<void>;
  /** `movePosition` and `lockParkedKeys` together, because every chunk needs both. @throws PositionLost */
  movePositionAndLock(position: Position, next: number, keys: string[]): Promise<Set<string>>;
  /**
   * Gives those of the keys that are parked. Until the end of the transaction they stay so: a replay of one either is
   * through before or finds what this transaction puts behind.
   */
  lockParkedKeys(of: Pick<KeyOfConsumer, 'consumer' | 'topic'>, keys: string[]): Promise<Set<string>>;
  /** Marks records as applied by the consumer and gives those that were not marked before: the others have been applied. */
  markFresh(consumer: string, clusterId: string, records: ReadableRecord[]): Promise<ReadableRecord[]>;
  /** Parks a key from now on, if it is not. `delay`: milliseconds until it is tried again. */
  parkKey(key: KeyOfConsumer, o: { state: ParkedState; reason: string; delay: number }): Promise<void>;
  /** Puts facts behind those that are in the dead letters of their keys already. */
  appendLetters(at: Position, letters: Letter[]): Promise<void>;
  /** Announces through the outbox that a key waits for someone. `error`: its name; what it says may be personal. */
  announceParked(service: string, parked: KeyOfConsumer & { type: string; error: string }): Promise<void>;
  /**
   * Locks a parked key; `due`: only while it is its time and nobody else is at it. Undefined when it is not, or not parked.
   */
  lockKey(key: KeyOfConsumer, due: boolean): Promise<ParkedKey | undefined>;
  /** The oldest letter of a key that is locked. */
  firstLetter(key: KeyOfConsumer): Promise<StoredLetter | undefined>;
  deleteLetter(id: string): Promise<void>;
  /** Notes what came of a try. `delay`: milliseconds until the next one; the reason stays where none is given. */
  noteTry(key: KeyOfConsumer, o: ParkedKey & { reason?: string; delay: number }): Promise<void>;
  /** Lets the facts of a locked key flow again when no letter is left. Returns whether it did. */
  unparkIfEmpty(key: KeyOfConsumer): Promise<boolean>;
  /**
   * Deletes what the dead letters hold about a user who is erased. Only the deletion itself stays: a consumer that could not
   * apply it still has to.
   */
  purgeLettersOf(userId: string): Promise<number>;
  /** Deletes letters that nobody replayed within 30 days. */
  dropOldLetters(): Promise<number>;
}

/** Where a partition's log begins, and how far the consumer has come in it. */
export interface MarksOf {
  topic: string;
  partition: number;
  clusterId: string;
  logStart: number;
  position: number;
}

/** How many keys of a consumer are in a state. */
export interface ParkedCount {
  consumer: string;
  state: string;
  keys: number;
}

/** What consumers keep in a database. All times are its own. */
export interface ConsumerStorage extends PositionStorage {
  /** Transactions that it can run beside each other without one waiting for a connection. */
  readonly transactionsAtOnce: number;
  /** Runs something in a transaction; where it met another one, perhaps the whole of it again. */
  transaction<T>(run: (transaction: ConsumerTransaction) => Promise<T>): Promise<T>;
  /** The same operations in a transaction that is open. @throws TypeError for one of another database */
  within(handle: DatabaseTransaction): ConsumerTransaction;
  /** See `ConsumerTransaction.movePosition`; a transaction by itself. */
  movePosition(position: Position, next: number): Promise<void>;
  allPositions(): Promise<Position[]>;
  /**
   * Drops the marks that no second copy of their fact can meet any more: those below the start of the log. A compacted log
   * keeps its start for ever; there, and for marks of a Kafka that was lost, a copy comes either within the batch that the
   * relay was sending when it died or from the rows that the outbox keeps for 7 days, so marks that are both old and far
   * behind go too. Returns how many.
   */
  dropMarks(consumer: string, of: MarksOf[]): Promise<number>;
  /** Keys that are to be tried again now. */
  dueKeys(): Promise<KeyOfConsumer[]>;
  /** Milliseconds until the next key is to be tried again; undefined when there is none. */
  untilNextKey(): Promise<number | undefined>;
  /** The keys that match, the one that was parked first first. */
  parkedKeys(filter: DeadLetterFilter): Promise<KeyOfConsumer[]>;
  parkedCounts(): Promise<ParkedCount[]>;
  /** The oldest first, at most 1,000. */
  letters(filter: DeadLetterFilter): Promise<DeadLetter[]>;
  letter(id: string): Promise<DeadLetter | undefined>;
  countLetters(filter: DeadLetterFilter): Promise<number>;
}
