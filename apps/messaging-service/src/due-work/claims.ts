import { randomUUID } from 'node:crypto';
import { durable } from '@plaza/kafka';
import type { Db, Filter } from 'mongodb';
import type { DueDocument } from '../storage/documents.js';

/** How long whoever has claimed something has for it; then somebody else may. */
const CLAIMED_FOR_MS = 30_000;

// The comparison with a date is what the index of due documents asks for.
const isDue: Filter<DueDocument> = { due_at: { $gt: new Date(0) }, $expr: { $lte: ['$due_at', '$$NOW'] } };

/**
 * Claims what is due, the oldest first: of several instances only one gets each. By the database's time. What is not done in
 * time is due again, so that a process that dies leaves nothing undone.
 * @param collection the name of one with `DueDocument`s
 */
export async function claimDue<T extends DueDocument>(
  db: Db,
  collection: string,
  { limit, claimedForMs = CLAIMED_FOR_MS }: { limit: number; claimedForMs?: number },
): Promise<T[]> {
  const all = db.collection<DueDocument>(collection, durable);
  const due = await all.find(isDue, { projection: { _id: 1 }, sort: { due_at: 1 }, limit }).toArray();
  if (due.length === 0) return [];
  const among = { _id: { $in: due.map(({ _id }) => _id) } };
  const claim = randomUUID();
  await all.updateMany({ ...among, ...isDue }, [
    { $set: { due_at: { $add: ['$$NOW', claimedForMs] }, claim: { $literal: claim } } },
  ]);
  return all.find<T>({ ...among, claim }).toArray();
}
