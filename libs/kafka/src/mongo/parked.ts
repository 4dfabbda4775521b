import type { ClientSession, Db, Filter } from 'mongodb';
import type { Position } from '../consumer/positions.js';
import type { ParkedCount } from '../consumer/storage.js';
import type { DeadLetterFilter } from '../dead-letters/read.js';
import {
  type KeyOfConsumer,
  type Letter,
  type ParkedKey,
  type ParkedState,
  type StoredLetter,
  userDeleted,
} from '../dead-letters/store.js';
import { factId } from '../fact-id.js';
import { consumerCollections, type LetterDocument, type ParkedDocument, parkedId } from './consumer-documents.js';

const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const lettersKept = 30 * 86_400_000;
const due = { state: 'RETRYING', $expr: { $lte: ['$next_try_at', '$$NOW'] } } as const;

/** Parked keys and their letters, in one transaction. Who locks a key writes it, so that of two one conflicts. */
export class ParkedKeys {
  constructor(
    private readonly db: Db,
    private readonly session: ClientSession,
  ) {}

  async lockAll(of: Pick<KeyOfConsumer, 'consumer' | 'topic'>, keys: string[]): Promise<Set<string>> {
    if (keys.length === 0) return new Set();
    const ids = keys.map((key) => parkedId({ ...of, key }));
    const found = await this.parked.find({ _id: { $in: ids } }, { session: this.session }).toArray();
    await this.touch(found.map(({ _id }) => _id));
    return new Set(found.map(({ key }) => key));
  }

  async park(key: KeyOfConsumer, o: { state: ParkedState; reason: string; delay: number }): Promise<void> {
    const { consumer, topic } = key;
    const values = { consumer, topic, key: key.key, state: o.state, attempts: 1, reason: o.reason };
    // Written, because another may be about to let the key flow.
    const fresh = { $mergeObjects: [{ $literal: { ...values, letters: 0, locks: 0 } }, timesAfter(o.delay)] };
    const isNew = { $eq: [{ $type: '$state' }, 'missing'] };
    await this.parked.updateOne(
      { _id: parkedId(key) },
      [
        { $replaceWith: { $cond: [isNew, { $mergeObjects: ['$$ROOT', fresh] }, '$$ROOT'] } },
        { $set: { locks: { $add: ['$locks', 1] } } },
      ],
      { session: this.session, upsert: true },
    );
  }

  async append(at: Position, letters: Letter[]): Promise<void> {
    const parkedAt = new Date();
    for (const [key, some] of Map.groupBy(letters, ({ record }) => record.key)) {
      const last = await this.countUp({ consumer: at.consumer, topic: at.topic, key }, some.length);
      const documents = some.map((letter, index) =>
        letterOf(at, letter, { place: last - some.length + index, parkedAt }),
      );
      await this.letters.insertMany(documents, { session: this.session });
    }
  }

  async lock(key: KeyOfConsumer, ifDue: boolean): Promise<ParkedKey | undefined> {
    const filter: Filter<ParkedDocument> = { _id: parkedId(key), ...(ifDue && due) };
    const parked = await this.parked.findOneAndUpdate(filter, { $inc: { locks: 1 } }, { session: this.session });
    return parked ? { state: parked.state, attempts: parked.attempts } : undefined;
  }

  async firstLetter(key: KeyOfConsumer): Promise<StoredLetter | undefined> {
    const letter = await this.letters.findOne({ parked: parkedId(key) }, { sort: { place: 1 }, session: this.session });
    if (!letter) return undefined;
    const { _id: id, kafka_partition: partition, kafka_offset: offset, cluster_id: clusterId, type, payload } = letter;
    return { id, partition, offset, clusterId, type, payload, headers: JSON.parse(letter.headers) };
  }

  async deleteLetter(id: string): Promise<void> {
    await this.letters.deleteOne({ _id: id }, { session: this.session });
  }

  async noteTry(key: KeyOfConsumer, o: ParkedKey & { reason?: string; delay: number }): Promise<void> {
    const { state, attempts, reason, delay } = o;
    const known = { state, attempts, ...(reason !== undefined && { reason: { $literal: reason } }) };
    const update = [{ $set: { ...known, next_try_at: { $add: ['$$NOW', delay] } } }];
    await this.parked.updateOne({ _id: parkedId(key) }, update, { session: this.session });
  }

  async unparkIfEmpty(id: string): Promise<boolean> {
    const letter = await this.letters.findOne({ parked: id }, { session: this.session, projection: { _id: 1 } });
    if (letter) return false;
    const { deletedCount } = await this.parked.deleteOne({ _id: id }, { session: this.session });
    return deletedCount > 0;
  }

  async purge(userId: string): Promise<number> {
    return this.deleteLetters({ mentions: userId.toLowerCase(), type: { $ne: userDeleted } });
  }

  async dropOld(): Promise<number> {
    return this.deleteLetters({ $expr: { $lt: ['$parked_at', { $subtract: ['$$NOW', lettersKept] }] } });
  }

  // The keys are locked: a letter that another transaction is just putting behind conflicts with this one.
  private async deleteLetters(filter: Filter<LetterDocument>): Promise<number> {
    const { session } = this;
    const found = await this.letters.find(filter, { session, projection: { parked: 1 } }).toArray();
    const keys = [...new Set(found.map(({ parked }) => parked))].sort();
    await this.touch(keys);
    const { deletedCount } = await this.letters.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, { session });
    for (const id of keys) await this.unparkIfEmpty(id);
    return deletedCount;
  }

  private async countUp(key: KeyOfConsumer, by: number): Promise<number> {
    const options = { session: this.session, returnDocument: 'after' } as const;
    const parked = await this.parked.findOneAndUpdate({ _id: parkedId(key) }, { $inc: { letters: by } }, options);
    if (!parked) throw new Error(`The key ${parkedId(key)} is not parked`);
    return parked.letters;
  }

  private async touch(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.parked.updateMany({ _id: { $in: ids } }, { $inc: { locks: 1 } }, { session: this.session });
  }

  private get parked() {
    return consumerCollections.parked(this.db);
  }

  private get letters() {
    return consumerCollections.letters(this.db);
  }
}

function timesAfter(delay: number): object {
  return { parked_at: '$$NOW', next_try_at: { $add: ['$$NOW', delay] } };
}

function letterOf(at: Position, { record, reason }: Letter, o: { place: number; parkedAt: Date }): LetterDocument {
  const { consumer, topic, partition, clusterId } = at;
  const { key, offset, type, headers, value } = record;
  const text = `${key} ${value.toString()}`.toLowerCase();
  return {
    _id: factId(),
    consumer,
    topic,
    key,
    parked: parkedId({ consumer, topic, key }),
    place: o.place,
    kafka_partition: partition,
    kafka_offset: offset,
    cluster_id: clusterId,
    type,
    headers: JSON.stringify(headers),
    payload: value,
    reason,
    parked_at: o.parkedAt,
    mentions: [...new Set(text.match(uuids))],
  };
}

export async function dueKeys(db: Db): Promise<KeyOfConsumer[]> {
  const keys = await consumerCollections.parked(db).find(due).sort({ next_try_at: 1 }).limit(100).toArray();
  return keys.map(keyOf);
}

export async function untilNextKey(db: Db): Promise<number | undefined> {
  const [next] = await consumerCollections
    .parked(db)
    .aggregate<{ wait: number }>([
      { $match: { state: 'RETRYING' } },
      { $sort: { next_try_at: 1 } },
      { $limit: 1 },
      { $project: { wait: { $subtract: ['$next_try_at', '$$NOW'] } } },
    ])
    .toArray();
  return next && Math.max(next.wait, 0);
}

export async function parkedCounts(db: Db): Promise<ParkedCount[]> {
  const counts = await consumerCollections
    .parked(db)
    .aggregate<{ _id: { consumer: string; state: string }; keys: number }>([
      { $group: { _id: { consumer: '$consumer', state: '$state' }, keys: { $sum: 1 } } },
    ])
    .toArray();
  return counts.map(({ _id, keys }) => ({ ..._id, keys }));
}

export async function readParkedKeys(db: Db, filter: DeadLetterFilter): Promise<KeyOfConsumer[]> {
  return (await consumerCollections.parked(db).find(given(filter)).sort({ parked_at: 1 }).toArray()).map(keyOf);
}

/** The parts of a filter that are given. */
export function given({ consumer, topic, key }: DeadLetterFilter): DeadLetterFilter {
  return {
    ...(consumer !== undefined && { consumer }),
    ...(topic !== undefined && { topic }),
    ...(key !== undefined && { key }),
  };
}

function keyOf({ consumer, topic, key }: KeyOfConsumer): KeyOfConsumer {
  return { consumer, topic, key };
}
