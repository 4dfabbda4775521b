import type { ClientSession, Db, Document } from 'mongodb';
import { collections } from '../storage/collections.js';
import type { ConversationDocument, MemberDocument } from '../storage/documents.js';

/** The messages of a conversation that a member may not have read: those after the first seq, up to the second. */
export interface UnreadRange {
  conversationId: string;
  afterSeq: number;
  lastSeq: number;
}

/** What `unreadStages` add to a pipeline: how many of a conversation's messages do not count as unread, and why not. */
export interface Uncounted {
  uncounted_in: string;
  uncounted: number;
}

/** Said so that it is covered by the index of deleted messages. */
export const isDeleted = { deleted_at: { $gt: new Date(0) } };

/** What a member has still to read, read of one document together with the conversation's `last_seq`. */
export function unreadRange(
  member: Pick<MemberDocument, 'conversation_id' | 'read_seq' | 'joined_seq'>,
  conversation: Pick<ConversationDocument, 'last_seq'>,
): UnreadRange {
  const afterSeq = Math.max(member.read_seq, member.joined_seq);
  return { conversationId: member.conversation_id, afterSeq, lastSeq: conversation.last_seq };
}

/**
 * Stages that add, to whatever a pipeline has so far, one `Uncounted` for each reason and conversation: messages of one's
 * own, deleted ones, and those that the member has hidden. All are counted in indexes, no message is read. For a page of a
 * list: a pipeline has at most 1,000 stages.
 */
export function unreadStages(userId: string, ranges: readonly UnreadRange[]): Document[] {
  const some = ranges.filter(({ afterSeq, lastSeq }) => afterSeq < lastSeq);
  if (some.length === 0) return [];
  return [
    ...some
      .flatMap((range) => [ownIn(userId, range), deletedIn(userId, range)])
      .map((pipeline) => ({
        $unionWith: { coll: 'messages', pipeline },
      })),
    { $unionWith: { coll: 'hidden_messages', pipeline: hiddenIn(userId, some) } },
  ];
}

/** How many messages of each range are unread, by conversation. */
export function unreadCounts(ranges: readonly UnreadRange[], uncounted: readonly Uncounted[]): Map<string, number> {
  const counts = new Map(
    ranges.map(({ conversationId, afterSeq, lastSeq }) => [conversationId, Math.max(lastSeq - afterSeq, 0)]),
  );
  for (const { uncounted_in: id, uncounted: count } of uncounted) counts.set(id, (counts.get(id) ?? 0) - count);
  return counts;
}

/** The unread messages of one conversation, in one query. */
export async function countUnreadIn(
  db: Db,
  userId: string,
  range: UnreadRange,
  session?: ClientSession,
): Promise<number> {
  if (range.afterSeq >= range.lastSeq) return 0;
  const found = await collections
    .conversations(db)
    .aggregate<Record<'own' | 'deleted' | 'hidden', Uncounted[]>>(
      [
        { $match: { _id: range.conversationId } },
        { $project: { _id: 1 } },
        { $lookup: { from: 'messages', pipeline: ownIn(userId, range), as: 'own' } },
        { $lookup: { from: 'messages', pipeline: deletedIn(userId, range), as: 'deleted' } },
        { $lookup: { from: 'hidden_messages', pipeline: hiddenIn(userId, [range]), as: 'hidden' } },
      ],
      { session },
    )
    .toArray();
  const uncounted = found.flatMap(({ own, deleted, hidden }) => [...own, ...deleted, ...hidden]);
  return unreadCounts([range], uncounted).get(range.conversationId) ?? 0;
}

const grouped = [
  { $group: { _id: '$conversation_id', uncounted: { $sum: 1 } } },
  { $project: { _id: 0, uncounted_in: '$_id', uncounted: 1 } },
];

function ownIn(userId: string, range: UnreadRange): Document[] {
  return [{ $match: { sender_id: userId, ...within(range) } }, ...grouped];
}

function deletedIn(userId: string, range: UnreadRange): Document[] {
  return [{ $match: { ...isDeleted, ...within(range), sender_id: { $ne: userId } } }, ...grouped];
}

function hiddenIn(userId: string, ranges: readonly UnreadRange[]): Document[] {
  return [{ $match: { user_id: userId, counts: true, $or: ranges.map(within) } }, ...grouped];
}

function within({ conversationId, afterSeq, lastSeq }: UnreadRange): Document {
  return { conversation_id: conversationId, seq: { $gt: afterSeq, $lte: lastSeq } };
}
