import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { conversationDocument } from '../src/conversations/conversation-insert.js';
import { newMember } from '../src/members/new-member.js';
import { messageDocument } from '../src/messages/new-message.js';
import { collections, memberId, pairKey } from '../src/storage/collections.js';
import type { ConversationDocument, MemberDocument } from '../src/storage/documents.js';

/** Long ago, but on the day of no test that counts days. */
const begun = new Date('2026-11-01T12:00:00Z');

/** Where it is stored: a service, or a database without one. */
type Place = Pick<ServiceUnderTest, 'db'>;

/** A conversation as it is stored, without all that its making tells. The first member owns it, unless there are two alone. */
export async function storedConversation(
  { db }: Place,
  userIds: string[],
  o: Partial<ConversationDocument> = {},
): Promise<string> {
  const [creatorId = '', ...otherIds] = userIds;
  const type = o.type ?? 'GROUP';
  const isDirect = type === 'DIRECT';
  const looks = { name: isDirect ? null : 'Friends of Plaza', description: null, avatar_url: null, request: null };
  const conversation: ConversationDocument = {
    ...conversationDocument({ _id: randomUUID(), type, ...looks, creatorId, otherIds }),
    ...(isDirect && { pair_key: pairKey(creatorId, otherIds[0] ?? creatorId) }),
    ...{ clock: 1, created_at: begun, updated_at: begun, last_activity_at: begun },
    ...o,
  };
  await collections.conversations(db).insertOne(conversation);
  const members = userIds.map((userId) => {
    const role = userId === conversation.owner_id ? 'OWNER' : 'MEMBER';
    return newMember(conversation._id, userId, { role, seq: 0, clock: 1, at: begun });
  });
  await collections.members(db).insertMany(members);
  return conversation._id;
}

/** As many messages as are asked for, from these senders in turn. Returns their ids. */
export async function storedMessages(
  { db }: Place,
  conversationId: string,
  { from, count, at = begun }: { from: string[]; count: number; at?: Date },
): Promise<string[]> {
  const before = await collections
    .conversations(db)
    .findOneAndUpdate({ _id: conversationId }, { $inc: { last_seq: count } });
  const first = (before?.last_seq ?? 0) + 1;
  const messages = Array.from({ length: count }, (_, index) => {
    const said = { type: 'TEXT', content: 'Hello', metadata: null } as const;
    const senderId = from[index % from.length] ?? '';
    const draft = { id: randomUUID(), conversationId, senderId, ...said };
    return messageDocument(draft, { seq: first + index, createdAt: at });
  });
  await collections.messages(db).insertMany(messages);
  return messages.map(({ _id }) => _id);
}

export async function memberOf(
  service: ServiceUnderTest,
  conversationId: string,
  userId: string,
): Promise<MemberDocument> {
  const member = await collections.members(service.db).findOne({ _id: memberId(conversationId, userId) });
  if (!member) throw new Error(`${userId} is no member of ${conversationId}`);
  return member;
}

/** As if the member had left, or, with `$set`, whatever else is to be so. */
export async function changeMember(
  service: ServiceUnderTest,
  conversationId: string,
  userId: string,
  set: Partial<MemberDocument>,
): Promise<void> {
  await collections.members(service.db).updateOne({ _id: memberId(conversationId, userId) }, { $set: set });
}
