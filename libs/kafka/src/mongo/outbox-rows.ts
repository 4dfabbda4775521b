import type { AnyBulkWriteOperation, ClientSession, Db, Filter } from 'mongodb';
import {
  batchBytes,
  batchRows,
  bytesBeside,
  type NextRows,
  type OutboxRow,
  type OutboxRows,
  payloadBytes,
  retentionOf,
} from '../outbox/rows.js';
import type { Holder } from '../relay/lease.js';
import type { Placement } from '../relay/producer-session.js';
import { type AcknowledgedDocument, type OutboxDocument, outboxCollections } from './documents.js';
import { leaseOf } from './lease-store.js';
import { inTransaction } from './transaction.js';

// To look at a week of facts at once would outlast the time limit of an operation.
const unpublishAtOnce = 2_000;
// Unless it is told to, MongoDB looks at all documents, a week of published ones, rather than at an index that holds just
// those which are asked for, where the question does not name that index's field.
const indexOf = { WAITING: 'outbox_waiting', FAILED: 'outbox_failed' } as const;

/** The relay's operations on the outbox in MongoDB. */
export class MongoOutboxRows implements OutboxRows {
  // The keys with a failed row: what follows it must wait.
  private heldBack = new Set<string>();

  constructor(private readonly db: Db) {}

  // From one snapshot: a scan that sees what is committed while it goes on could come across the later of two facts of a
  // key and have passed by the place of the earlier one. In a snapshot the facts of a key are all up to one commit, and of
  // those the first ones by clock are read.
  async next(unmarked: string[]): Promise<NextRows> {
    const waiting: Filter<OutboxDocument> = { state: 'WAITING' };
    if (unmarked.length > 0) waiting._id = { $nin: unmarked };
    if (this.heldBack.size > 0) waiting.key = { $nin: [...this.heldBack] };
    const cursor = this.outbox.find(waiting, {
      sort: { clock: 1 },
      hint: indexOf.WAITING,
      limit: batchRows,
      batchSize: batchRows,
      readConcern: { level: 'snapshot' },
    });
    const rows: OutboxRow[] = [];
    let total = 0;
    for await (const document of cursor) {
      const bytes = Buffer.byteLength(document.payload);
      total += bytes + bytesBeside;
      if (rows.length > 0 && total > batchBytes) return { rows, more: true };
      rows.push(rowOf(document, bytes));
    }
    return { rows, more: rows.length === batchRows };
  }

  async published(rows: OutboxRow[], placements: Placement[], holder: Holder): Promise<Date | undefined> {
    return inTransaction(this.db, async (session) => {
      const marked = await this.now(holder, session);
      if (!marked) return undefined;
      await this.outbox.bulkWrite(marks(rows, placements, marked), { session, ordered: false });
      await outboxCollections.acknowledged(this.db).bulkWrite(acknowledgements(rows, placements), { session });
      return marked;
    });
  }

  // Unless another holder of the lease has published it meanwhile.
  async fail({ id, key }: OutboxRow, reason: string): Promise<void> {
    await this.outbox.updateOne({ _id: id, state: 'WAITING' }, { $set: { state: 'FAILED', failed_reason: reason } });
    this.heldBack.add(key);
  }

  async reloadFailed(): Promise<void> {
    const rows = this.outbox.find({ state: 'FAILED' }, { hint: indexOf.FAILED, projection: { _id: 0, key: 1 } });
    this.heldBack = new Set(await rows.map(({ key }) => key).toArray());
  }

  async unpublish(topics: string[]): Promise<void> {
    const published = { state: 'PUBLISHED', snapshot: false, $or: topics.map(stillKept) } as const;
    const waiting = { state: 'WAITING', published_at: null, kafka_partition: null, kafka_offset: null } as const;
    for (let after: string | undefined = ''; after !== undefined; ) {
      const last = await this.lastOfPage(after);
      const page: Filter<OutboxDocument> = { _id: { $gt: after, ...(last !== undefined && { $lte: last }) } };
      await this.outbox.updateMany({ ...page, ...published }, { $set: waiting });
      after = last;
    }
  }

  // By what is looked at, not by what is found: of a topic that keeps little there may be few in a week of facts.
  private async lastOfPage(after: string): Promise<string | undefined> {
    const options = { projection: { _id: 1 }, sort: { _id: 1 }, skip: unpublishAtOnce - 1 } as const;
    return (await this.outbox.findOne({ _id: { $gt: after } }, options))?._id;
  }

  async retryFailed(): Promise<void> {
    const waiting = { $set: { state: 'WAITING', failed_reason: null } } as const;
    await this.outbox.updateMany({ state: 'FAILED' }, waiting, { hint: indexOf.FAILED });
    this.heldBack.clear();
  }

  async backlog(): Promise<number> {
    return (await this.count('WAITING')) + (await this.failed());
  }

  async failed(): Promise<number> {
    return this.count('FAILED');
  }

  private async count(state: keyof typeof indexOf): Promise<number> {
    return this.outbox.countDocuments({ state }, { hint: indexOf[state] });
  }

  private get outbox() {
    return outboxCollections.outbox(this.db);
  }

  /** The database's time; undefined when another holds the lease. Written, so that a change of the holder conflicts. */
  private async now(holder: Holder, session: ClientSession): Promise<Date | undefined> {
    const lease = await outboxCollections
      .lease(this.db)
      .findOneAndUpdate(leaseOf(holder), [{ $set: { marked_at: '$$NOW' } }], { session, returnDocument: 'after' });
    return lease?.marked_at ?? undefined;
  }
}

// One update for all rows of a partition costs MongoDB a third less than one per row.
function marks(rows: OutboxRow[], placements: Placement[], at: Date): AnyBulkWriteOperation<OutboxDocument>[] {
  const placed = placements.flatMap((placement, index) => {
    const row = rows[index];
    return row ? [{ ...placement, topic: row.topic, id: row.id }] : [];
  });
  const byPartition = Map.groupBy(placed, ({ topic, partition }) => `${topic}/${partition}`);
  return [...byPartition.values()].map((some) => {
    const ids = some.map(({ id }) => id);
    const offsets = some.map(({ offset }) => Number(offset));
    const update = {
      state: 'PUBLISHED',
      failed_reason: null,
      published_at: at,
      kafka_partition: { $literal: some[0]?.partition },
      kafka_offset: { $arrayElemAt: [{ $literal: offsets }, { $indexOfArray: [{ $literal: ids }, '$_id'] }] },
    };
    return { updateMany: { filter: { _id: { $in: ids } }, update: [{ $set: update }] } };
  });
}

function acknowledgements(rows: OutboxRow[], placements: Placement[]): AnyBulkWriteOperation<AcknowledgedDocument>[] {
  const highest = new Map<string, { topic: string; kafka_partition: number; kafka_offset: number }>();
  placements.forEach(({ partition, offset }, index) => {
    const topic = rows[index]?.topic;
    if (topic === undefined) return;
    const known = highest.get(`${topic}/${partition}`)?.kafka_offset ?? -1;
    const kafka_offset = Math.max(known, Number(offset));
    highest.set(`${topic}/${partition}`, { topic, kafka_partition: partition, kafka_offset });
  });
  return [...highest].map(([_id, { topic, kafka_partition, kafka_offset }]) => ({
    updateOne: {
      filter: { _id },
      update: { $max: { kafka_offset }, $setOnInsert: { topic, kafka_partition } },
      upsert: true,
    },
  }));
}

function rowOf({ _id, created_at, payload, version, ...row }: OutboxDocument, bytes: number): OutboxRow {
  const { topic, key, type, traceparent, snapshot } = row;
  return {
    id: _id,
    factId: _id,
    topic,
    key,
    type,
    traceparent,
    snapshot,
    version: String(version),
    createdAt: created_at,
    payload: bytes > payloadBytes ? null : payload,
  };
}

/** The facts that a topic would still hold. */
function stillKept(topic: string): Filter<OutboxDocument> {
  const kept = retentionOf(topic);
  return kept === null ? { topic } : { topic, $expr: { $gt: ['$published_at', { $subtract: ['$$NOW', kept] }] } };
}
