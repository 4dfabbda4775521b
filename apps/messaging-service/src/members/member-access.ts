import { Inject, Injectable } from '@nestjs/common';
import { MONGO, NotFound } from '@plaza/service-kit';
import type { ClientSession, Db, Document } from 'mongodb';
import { collections, memberId } from '../storage/collections.js';
import type { ConversationDocument, MemberDocument } from '../storage/documents.js';

/** A conversation, and the membership of the one who asks. */
export interface Membership {
  conversation: ConversationDocument;
  member: MemberDocument;
}

/** Stages over the members: an active one with its conversation, as a `Membership`. */
export function membershipStages(conversationId: string, userId: string): Document[] {
  const localField = 'member.conversation_id';
  return [
    { $match: { _id: memberId(conversationId, userId), active: true } },
    { $project: { _id: 0, member: '$$ROOT' } },
    { $lookup: { from: 'conversations', localField, foreignField: '_id', as: 'conversation' } },
    { $unwind: '$conversation' },
  ];
}

/** Who is a member of what: to everybody else there is no such conversation. */
@Injectable()
export class MemberAccess {
  constructor(@Inject(MONGO) private readonly db: Db) {}

  /** @throws NotFound CONVERSATION_NOT_FOUND, also for who was a member once */
  async activeMember(conversationId: string, userId: string, session?: ClientSession): Promise<Membership> {
    const [found] = await collections
      .members(this.db)
      .aggregate<Membership>(membershipStages(conversationId, userId), { session })
      .toArray();
    if (!found) throw conversationNotFound();
    return found;
  }
}

export function conversationNotFound(): NotFound {
  return new NotFound('CONVERSATION_NOT_FOUND', 'There is no such conversation.');
}
