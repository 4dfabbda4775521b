import { declarationOf, validateFact } from '@plaza/contracts';
import type { ClientSession, Db } from 'mongodb';
import { factId } from '../fact-id.js';
import { traceStorage } from '../trace.js';
import { advancedClock, timeOfClock } from './clock.js';
import { type OutboxDocument, outboxCollections } from './documents.js';
import { MongoOutboxRows } from './outbox-rows.js';
import { databaseOf } from './transaction.js';

/** A fact whose place among those of its key is known already. */
export interface ClockedFact {
  fact: object;
  /** From the clock that the key's own document keeps (see `advancedClock`). */
  clock: number;
  /** Where the aggregate counts versions of its own; else the clock is the version. */
  version?: number;
  /** State published anew, not a happening. */
  snapshot?: boolean;
  /** Of the request that it comes from, in a transaction for several; null: of none. Else that of the request at hand. */
  traceparent?: string | null;
}

/** What stands in the outbox for a fact, whether a contract declares it or not. */
export type OutboxEntry = Pick<OutboxDocument, 'topic' | 'key' | 'type' | 'payload'> &
  Partial<Pick<OutboxDocument, 'version' | 'snapshot' | 'traceparent'>>;

/**
 * Where a service with a MongoDB database puts the facts that its changes imply, in the transaction of the change. They
 * reach Kafka after the commit, at least once, those of one key in the order of their commits.
 */
export class MongoOutbox {
  private readonly watched = new WeakSet<ClientSession>();

  /** `background` is used to count, and names the database; `onWake` is told that committed facts are waiting. */
  constructor(
    private readonly background: Db,
    private readonly onWake: () => void,
  ) {}

  /**
   * Adds a fact in the open transaction of `session`, in two round trips. It writes the key's document in `outbox_keys`, so
   * that two transactions with facts of one key conflict, and the later one is run again. Returns the fact's version.
   * @throws FactInvalid, FactUnknown; Error outside a transaction
   */
  async add(session: ClientSession, fact: object): Promise<number> {
    const [version = 0] = await this.addAll(session, [fact]);
    return version;
  }

  /** Adds facts, those of one key in this order, in two round trips (three for several keys). Returns their versions. */
  async addAll(session: ClientSession, facts: object[]): Promise<number[]> {
    const entries = facts.map(entryOf);
    return this.addEntries(session, entries);
  }

  /**
   * Puts facts into the outbox whose clocks the caller has: for an aggregate that writes a document per key anyway and
   * keeps the clock there, and for many changes in one transaction. One round trip.
   * @throws FactInvalid, FactUnknown; Error outside a transaction
   */
  async insert(session: ClientSession, facts: ClockedFact[]): Promise<void> {
    const entries = facts.map(({ fact, ...row }) => ({ ...entryOf(fact), version: row.clock, ...row }));
    await this.insertEntries(session, entries);
  }

  /** As `addAll`, for what no contract declares. */
  async addEntries(session: ClientSession, entries: OutboxEntry[]): Promise<number[]> {
    this.assertTransaction(session);
    if (entries.length === 0) return [];
    const left = new Map([...Map.groupBy(entries, ({ key }) => key)].map(([key, some]) => [key, some.length]));
    const last = await this.advance(session, [...left.keys()], new Map(left));
    const clocked = entries.map((entry) => {
      const behind = (left.get(entry.key) ?? 1) - 1;
      left.set(entry.key, behind);
      const clock = (last.get(entry.key) ?? 0) - behind;
      return { version: clock, ...entry, clock };
    });
    await this.insertEntries(session, clocked);
    return clocked.map(({ version }) => version);
  }

  /** Says that facts were committed in a session that goes on. When a session ends, that is noticed. */
  wake(): void {
    this.onWake();
  }

  /** Facts that have not reached Kafka yet. */
  async backlog(): Promise<number> {
    return new MongoOutboxRows(this.background).backlog();
  }

  private async insertEntries(
    session: ClientSession,
    entries: Array<OutboxEntry & Pick<OutboxDocument, 'clock' | 'version'>>,
  ): Promise<void> {
    this.assertTransaction(session);
    if (entries.length === 0) return;
    this.wakeAfter(session);
    const traceparent = traceStorage.getStore()?.traceparent ?? null;
    const documents = entries.map((entry) => documentOf(entry, traceparent));
    await outboxCollections.outbox(this.databaseOf(session)).insertMany(documents, { session });
  }

  /** Advances the clocks of keys by one, or by as much as is given. Returns the clocks. */
  async advance(session: ClientSession, keys: string[], by?: Map<string, number>): Promise<Map<string, number>> {
    this.assertTransaction(session);
    // In one order for all, so that of two transactions with the same keys one conflicts at once.
    const operations = [...keys].sort().map((key) => ({
      filter: { _id: key },
      update: [{ $set: { clock: advancedClock('$clock', by?.get(key) ?? 1), used_at: '$$NOW' } }],
    }));
    const clocks = outboxCollections.keys(this.databaseOf(session));
    const [first, ...others] = operations;
    if (!first) return new Map();
    if (others.length === 0) {
      const options = { session, upsert: true, returnDocument: 'after' } as const;
      const after = await clocks.findOneAndUpdate(first.filter, first.update, options);
      return new Map(after ? [[after._id, after.clock]] : []);
    }
    const writes = operations.map((one) => ({ updateOne: { ...one, upsert: true } }));
    await clocks.bulkWrite(writes, { session });
    const documents = await clocks.find({ _id: { $in: keys } }, { session }).toArray();
    return new Map(documents.map(({ _id, clock }) => [_id, clock]));
  }

  // The transaction may be rolled back: then the relay looks in vain.
  private wakeAfter(session: ClientSession): void {
    if (this.watched.has(session)) return;
    this.watched.add(session);
    session.once('ended', () => this.wake());
  }

  private databaseOf(session: ClientSession): Db {
    return databaseOf(session, this.background.databaseName);
  }

  private assertTransaction(session: ClientSession): void {
    if (!session.inTransaction()) throw new Error('A fact can be added in an open transaction only');
  }
}

function entryOf(fact: object): OutboxEntry {
  validateFact(fact);
  const { topic, type, key } = declarationOf(fact);
  return { topic, type, key: key(fact), payload: JSON.stringify(fact) };
}

function documentOf(
  { snapshot = false, ...entry }: OutboxEntry & Pick<OutboxDocument, 'clock' | 'version'>,
  traceparent: string | null,
): OutboxDocument {
  return {
    _id: factId(),
    ...{ traceparent, ...entry },
    snapshot,
    state: 'WAITING',
    failed_reason: null,
    created_at: timeOfClock(entry.clock),
    published_at: null,
    kafka_partition: null,
    kafka_offset: null,
  };
}
