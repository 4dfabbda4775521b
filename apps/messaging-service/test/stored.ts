import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { newMember } from '../src/members/new-member.js';
import { collections, memberId, pairKey } from '../src/storage/collections.js';
import type { ConversationDocument, MemberDocument, MessageDocument } from '../src/storage/documents.js';

/** Long ago, but on the day of no test that counts days. */
const begun = new Date('2026-11-01T12:00:00Z');

/** A conversation as it is stored, without all that its making tells. The first member owns it. */
export async function storedConversation(
  service: ServiceUnderTest,
  userIds: string[],
  o: Partial<ConversationDocument> = {},
): Promise<string> {
  const id = randomUUID();
  const [owner = id, other = id] = userIds;
  const type = o.type ?? 'GROUP';
  const conversation: ConversationDocument = {
    _id: id,
    type,
    name: type === 'DIRECT' ? null : 'Friends of Plaza',
    description: null,
    avatar_url: null,
    owner_id: type === 'DIRECT' ? null : owner,
    ...(type === 'DIRECT' && { pair_key: pairKey(owner, other) }),
    settings: { send: type === 'CHANNEL' ? 'ADMIN' : 'MEMBER', invite: 'MEMBER', pin: 'MEMBER' },
    request: null,
    last_seq: 0,
    last_message: null,
    last_activity_at: begun,
    member_count: userIds.length,
    member_preview: userIds.slice(0, 10),
    clock: 1,
    created_by: owner,
    created_at: begun,
    updated_at: begun,
    ...o,
  };
  await collections.conversations(service.db).insertOne(conversation);
  const members = userIds.map((userId, index) => {
    const role = type !== 'DIRECT' && index === 0 ? 'OWNER' : 'MEMBER';
    return newMember(id, userId, { role, seq: 0, clock: 1, at: begun });
  });
  await collections.members(service.db).insertMany(members);
  return id;
}

/** As many messages as are asked for, from these senders in turn. Returns their ids. */
export async function storedMessages(
  service: ServiceUnderTest,
  conversationId: string,
  { from, count, at = begun }: { from: string[]; count: number; at?: Date },
): Promise<string[]> {
  const before = await collections
    .conversations(service.db)
    .findOneAndUpdate({ _id: conversationId }, { $inc: { last_seq: count } });
  const first = (before?.last_seq ?? 0) + 1;
  const messages = Array.from({ length: count }, (_, index): MessageDocument => {
    const sender_id = from[index % from.length] ?? conversationId;
    return {
      _id: randomUUID(),
      conversation_id: conversationId,
      seq: first + index,
      sender_id,
      type: 'TEXT',
      content: 'Hello',
      reply_to: null,
      thread_id: null,
      mentions: [],
      metadata: null,
      emotions: {},
      edited_at: null,
      deleted_at: null,
      deleted_by: null,
      pinned_at: null,
      pinned_by: null,
      created_at: at,
    };
  });
  await collections.messages(service.db).insertMany(messages);
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
