import type { ConversationMemberState } from '@plaza/contracts';
import type { Document } from 'mongodb';
import type { CountedMessage, MemberDocument, UsageBatchDocument } from '../storage/documents.js';

/** What is added to what a user did on a day. */
export interface UsageAddition {
  userId: string;
  day: string;
  sent?: number;
  received?: number;
  joined?: number;
  /** Where something was sent or received. */
  conversationId?: string;
}

/** The day (UTC) of a time, as in facts. */
export function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Who comes to a group with its making as its owner has not joined one, and a talk of two is no group. */
export function joinsOf(members: readonly ConversationMemberState[]): UsageAddition[] {
  return members
    .filter(({ conversationType, role }) => conversationType !== 'DIRECT' && role !== 'OWNER')
    .map(({ userId, joinedAt }) => ({ userId, day: dayOf(joinedAt), joined: 1 }));
}

/** What messages of a conversation and a day are to a member; undefined where they are nothing. */
export function usageOf(
  member: Pick<MemberDocument, 'user_id' | 'active' | 'joined_seq' | 'left_at'>,
  { conversation_id: conversationId, day }: Pick<UsageBatchDocument, 'conversation_id' | 'day'>,
  messages: readonly CountedMessage[],
): UsageAddition | undefined {
  const { user_id: userId, active, joined_seq, left_at } = member;
  const wasThere = ({ seq, at }: CountedMessage) => seq > joined_seq && (active || (left_at !== null && at <= left_at));
  const seen = messages.filter(wasThere);
  const sent = seen.filter(({ sender_id }) => sender_id === userId).length;
  return seen.length === 0 ? undefined : { userId, day, sent, received: seen.length - sent, conversationId };
}

/** Adds to a day, which is told soon, but not sooner than `everyMs` after it was told last. */
export function addToDay({ userId, day, ...added }: UsageAddition, everyMs: number) {
  const plus = (field: string, count = 0): Document => ({ $add: [{ $ifNull: [`$${field}`, 0] }, count] });
  const conversations = added.conversationId === undefined ? [] : [added.conversationId];
  const next = { $max: ['$$NOW', { $add: [{ $ifNull: ['$told_at', new Date(0)] }, everyMs] }] };
  const set = {
    user_id: userId,
    day,
    messages_sent: plus('messages_sent', added.sent),
    messages_received: plus('messages_received', added.received),
    groups_joined: plus('groups_joined', added.joined),
    conversation_ids: { $setUnion: [{ $ifNull: ['$conversation_ids', []] }, conversations] },
    due_at: { $ifNull: ['$due_at', next] },
    told_at: { $ifNull: ['$told_at', null] },
    updated_at: '$$NOW',
  };
  return { updateOne: { filter: { _id: `${userId}:${day}` }, update: [{ $set: set }], upsert: true } };
}
