import type { BlockState } from '@plaza/contracts';
import type { ReceivedFact } from '@plaza/kafka';
import type { ReceivedUser } from '@plaza/user-cache';
import type { ClientSession, Db, Document, Filter } from 'mongodb';
import { collections } from '../storage/collections.js';
import type { PresenceDocument } from '../storage/documents.js';

/** Has those looked at again who are there, or are about to come or go: others may have to see them otherwise from now on. */
export async function lookAgain(
  db: Db,
  session: ClientSession | undefined,
  users: readonly ReceivedUser[],
): Promise<void> {
  const ids = users.map(({ fact }) => fact.id);
  const update = [{ $set: { due_at: '$$NOW' } }];
  await collections.presence(db).updateMany({ _id: { $in: ids }, ...astir }, update, { session });
}

/** The same for pairs between whom a block has begun or ended: each is to learn how the other is seen now. */
export async function lookAgainAtPairs(
  db: Db,
  session: ClientSession,
  facts: readonly ReceivedFact<BlockState>[],
): Promise<void> {
  const writes = facts.flatMap(({ fact: { blockerId, blockedId } }) => [
    lookAgainFor(blockerId, blockedId),
    lookAgainFor(blockedId, blockerId),
  ]);
  await collections.presence(db).bulkWrite(writes, { session });
}

// Who is gone for all is gone for each. Who is just being looked at may be told of as it was before.
const astir: Filter<PresenceDocument> = { $or: [{ told: { $ne: 'OFFLINE' } }, { due_at: { $ne: null } }] };

function lookAgainFor(userId: string, other: string) {
  const tell_anew: Document = { $setUnion: [{ $ifNull: ['$tell_anew', []] }, [other]] };
  return { updateOne: { filter: { _id: userId, ...astir }, update: [{ $set: { due_at: '$$NOW', tell_anew } }] } };
}
