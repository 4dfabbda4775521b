import { NotFound } from '@plaza/service-kit';
import type { ClientSession, Db, Document } from 'mongodb';
import { conversationNotFound, type Membership, membershipStages } from '../members/member-access.js';
import { collections } from '../storage/collections.js';
import type { UpTo } from './receipts.dto.js';

/** In larger conversations only what was read is kept, and only the member's own devices are told. */
export const MOST_TOLD = 100;

/** A member's place in a conversation, and the place that is meant. */
export interface Standing extends Membership {
  /** At most the conversation's last seq. */
  seq: number;
  /** The database's time. */
  now: Date;
}

/** @throws NotFound CONVERSATION_NOT_FOUND; MESSAGE_NOT_FOUND also of a message that the member does not see */
export async function readStanding(
  db: Db,
  { conversationId, userId, upTo }: { conversationId: string; userId: string; upTo: UpTo },
  session?: ClientSession,
): Promise<Standing> {
  const [found] = await collections
    .members(db)
    .aggregate<Omit<Standing, 'seq'> & { message?: { seq: number } }>(
      [...membershipStages(conversationId, userId), { $set: { now: '$$NOW' } }, ...messageOf(conversationId, upTo)],
      { session },
    )
    .toArray();
  if (!found) throw conversationNotFound();
  return { ...found, seq: seqOf(found, upTo) };
}

function messageOf(conversationId: string, { messageId }: UpTo): Document[] {
  if (messageId === undefined) return [];
  const pipeline = [{ $match: { _id: messageId, conversation_id: conversationId } }, { $project: { seq: 1 } }];
  return [{ $lookup: { from: 'messages', pipeline, as: 'message' } }, { $set: { message: { $first: '$message' } } }];
}

function seqOf(
  { member, conversation, message }: Membership & { message?: { seq: number } },
  { messageId, seq = 0 }: UpTo,
): number {
  if (messageId === undefined) return Math.min(seq, conversation.last_seq);
  if (message && message.seq > member.joined_seq) return message.seq;
  throw new NotFound('MESSAGE_NOT_FOUND', 'There is no such message.');
}
