import type { Db, Filter } from 'mongodb';
import { factId } from '../fact-id.js';
import { type OutboxDocument, outboxCollections } from './documents.js';

const kept = 7 * 86_400_000;
const droppedAtOnce = 1_000;

/**
 * Drops the facts that were published more than seven days ago, a thousand at a time, until none is left or the signal is
 * aborted. To be called at least once a day by one instance. The clocks of keys that are long unused go by themselves.
 * @returns how many were dropped
 */
export async function maintainMongoOutbox(db: Db, signal?: AbortSignal): Promise<number> {
  const outbox = outboxCollections.outbox(db);
  const isOld = { state: 'PUBLISHED', $expr: { $lt: ['$published_at', { $subtract: ['$$NOW', kept] }] } } as const;
  // An id begins with the time at which the fact was made, by the clock of its service: roughly where the old ones end.
  const end = factId(Date.now() - kept);
  let dropped = 0;
  for (let after = ''; !signal?.aborted; ) {
    const old: Filter<OutboxDocument> = { _id: { $gt: after, $lt: end }, ...isOld };
    const page = await outbox.find(old, { projection: { _id: 1 }, sort: { _id: 1 }, limit: droppedAtOnce }).toArray();
    const last = page.at(-1);
    if (!last) break;
    dropped += (await outbox.deleteMany({ _id: { $in: page.map(({ _id }) => _id) } })).deletedCount;
    after = last._id;
  }
  return dropped;
}
