import type { Db, FindCursor } from 'mongodb';
import { collections } from '../storage/collections.js';
import { isDeleted, type UnreadRange, unreadCounts } from './unread.js';

/** Where a message is, as the indexes tell. */
interface Place {
  conversation_id: string;
  seq: number;
}

/** Conversations of which the unread messages begin at about the same seq: after this one. */
interface Bundle {
  afterSeq: number;
  conversationIds: string[];
}

/** Most answers are given whole. */
const batchSize = 10_000;

/**
 * How many messages of each range are unread, by conversation, for thousands of conversations: a pipeline for each, or only a
 * condition, takes the server much longer to plan than to answer. So what does not count is looked up for all of them in one go
 * for each reason, from indexes alone, and what lies outside a range is left out here.
 */
export async function countUnread(
  db: Db,
  userId: string,
  ranges: readonly UnreadRange[],
): Promise<Map<string, number>> {
  const some = ranges.filter(({ afterSeq, lastSeq }) => afterSeq < lastSeq);
  const counts = unreadCounts(ranges, []);
  if (some.length === 0) return counts;
  const byId = new Map(some.map((range) => [range.conversationId, range]));
  const looks = uncountedAfter(db, userId, bundles(some));
  await Promise.all(looks.map((places) => subtract(counts, byId, places)));
  return counts;
}

/** The messages that do not count: one's own, deleted ones and hidden ones. None is in two of these. */
function uncountedAfter(db: Db, userId: string, all: readonly Bundle[]): FindCursor<Place>[] {
  const places = { projection: { _id: 0, conversation_id: 1, seq: 1 }, batchSize };
  const after = (conditions: object) => ({
    $or: all.map(({ afterSeq, conversationIds }) => {
      return { ...conditions, conversation_id: { $in: conversationIds }, seq: { $gt: afterSeq } };
    }),
  });
  const [messages, hidden] = [collections.messages(db), collections.hidden(db)];
  return [
    messages.find(after({ sender_id: userId }), { ...places, hint: 'idx_messages_sender_id' }),
    messages.find(after({ sender_id: { $ne: userId }, ...isDeleted }), { ...places, hint: 'idx_messages_deleted' }),
    hidden.find(after({ user_id: userId, counts: true }), { ...places, hint: 'idx_hidden_messages_user_id' }),
  ];
}

async function subtract(
  counts: Map<string, number>,
  ranges: ReadonlyMap<string, UnreadRange>,
  places: FindCursor<Place>,
): Promise<void> {
  for await (const { conversation_id: id, seq } of places) {
    const { afterSeq = seq, lastSeq = 0 } = ranges.get(id) ?? {};
    if (seq > afterSeq && seq <= lastSeq) counts.set(id, (counts.get(id) ?? 0) - 1);
  }
}

/** At most 5 % of a conversation's messages, and 50, are looked at although they were read; there are about 150 bundles at most. */
function bundles(ranges: readonly UnreadRange[]): Bundle[] {
  const result: Bundle[] = [];
  for (const { conversationId, afterSeq } of ranges.toSorted((a, b) => a.afterSeq - b.afterSeq)) {
    const last = result.at(-1);
    if (last && afterSeq <= last.afterSeq * 1.05 + 50) last.conversationIds.push(conversationId);
    else result.push({ afterSeq, conversationIds: [conversationId] });
  }
  return result;
}
