import type { UserSummary } from '@plaza/user-cache';
import type { Db, Document } from 'mongodb';
import { type Uncounted, unreadCounts, unreadRange, unreadStages } from '../receipts/unread.js';
import type { ConversationDocument, MemberDocument } from '../storage/documents.js';
import { type ConversationView, conversationView } from './conversation.view.js';

/** A conversation and the viewer's membership, as one query reads them. */
export interface ListedConversation {
  conversation: ConversationDocument;
  member: MemberDocument;
  /** The database's time. */
  now: Date;
}

/** Documents that a query gives without being asked for more: a page of 100 conversations, with 10 people of each. */
export const inOneAnswer = 2_000;

type Found = { person: UserSummary } | { hidden: string } | Uncounted;

/** Shows conversations, with one query for all that the documents themselves do not tell. */
export async function viewsOf(
  db: Db,
  userId: string,
  rows: readonly ListedConversation[],
): Promise<ConversationView[]> {
  if (rows.length === 0) return [];
  const ranges = rows.map(({ member, conversation }) => unreadRange(member, conversation));
  const found = await db
    .collection('user_cache')
    .aggregate<Found>([...peopleIn(rows), ...unreadStages(userId, ranges), hiddenOf(userId, rows)], {
      batchSize: inOneAnswer,
    })
    .toArray();
  const people = new Map(found.flatMap((it) => ('person' in it ? [[it.person.id, it.person]] : [])));
  const hidden = new Set(found.flatMap((it) => ('hidden' in it ? [it.hidden] : [])));
  const unread = unreadCounts(
    ranges,
    found.filter((it) => 'uncounted' in it),
  );
  return rows.map(({ conversation, member, now }) => {
    const lastHidden = hidden.has(conversation.last_message?.id ?? '');
    return conversationView({
      conversation,
      member,
      now,
      people,
      lastHidden,
      unread: unread.get(conversation._id) ?? 0,
    });
  });
}

function peopleIn(rows: readonly ListedConversation[]): Document[] {
  const ids = rows.flatMap(({ conversation: { member_preview: members, last_message: last } }) => {
    return last ? [...members, last.sender_id] : members;
  });
  const person = {
    id: '$_id',
    username: '$username',
    displayName: '$display_name',
    avatarUrl: '$avatar_url',
    verified: '$verified',
  };
  return [{ $match: { _id: { $in: [...new Set(ids)] } } }, { $project: { _id: 0, person } }];
}

/** Which of the last messages the user has deleted for themselves. */
function hiddenOf(userId: string, rows: readonly ListedConversation[]): Document {
  const ids = rows.flatMap(({ conversation: { last_message: last } }) => (last ? [`${userId}:${last.id}`] : []));
  const pipeline = [{ $match: { _id: { $in: ids } } }, { $project: { _id: 0, hidden: '$message_id' } }];
  return { $unionWith: { coll: 'hidden_messages', pipeline } };
}
