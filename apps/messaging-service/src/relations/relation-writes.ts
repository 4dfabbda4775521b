import type { BlockState, FriendshipState } from '@plaza/contracts';
import type { ReceivedFact } from '@plaza/kafka';
import type { ClientSession, Db, Document } from 'mongodb';
import { collections, pairKey } from '../storage/collections.js';
import type { BlockDocument, FriendshipDocument } from '../storage/documents.js';

/** Applies facts in any order, duplicates included: each block ends at its newest state. */
export async function applyBlocks(db: Db, session: ClientSession, facts: ReceivedFact<BlockState>[]): Promise<void> {
  const writes = facts.map(({ fact: { blockerId, blockedId }, type, version }) => {
    const _id = `${blockerId}:${blockedId}`;
    const ends = { blocker_id: blockerId, blocked_id: blockedId };
    const update = ifNewer({ _id, ...ends, active: type === 'block.created', version });
    return { updateOne: { filter: { _id }, update, upsert: true } };
  });
  await collections.blocks(db).bulkWrite(writes, { session });
}

/** The same for friendships; what has not become one yet, or no longer is one, is none. */
export async function applyFriendships(
  db: Db,
  session: ClientSession,
  facts: ReceivedFact<FriendshipState>[],
): Promise<void> {
  const writes = facts.map(({ fact: { requesterId, addresseeId, status }, version }) => {
    const _id = pairKey(requesterId, addresseeId);
    const update = ifNewer({ _id, active: status === 'ACCEPTED', version });
    return { updateOne: { filter: { _id }, update, upsert: true } };
  });
  await collections.friendships(db).bulkWrite(writes, { session });
}

/** The guard is in the update: with the version in the filter, an older fact would match nothing and be inserted. */
function ifNewer(document: BlockDocument | FriendshipDocument): Document[] {
  const newer = { $lt: [{ $ifNull: ['$version', -1] }, document.version] };
  return [{ $replaceWith: { $cond: [newer, { $literal: document }, '$$ROOT'] } }];
}
