import { Inject, Injectable } from '@nestjs/common';
import { MONGO, NotFound } from '@plaza/service-kit';
import type { ClientSession, Db, Document } from 'mongodb';
import { collections } from '../storage/collections.js';
import type { ConversationDocument, MemberDocument, MessageDocument } from '../storage/documents.js';

/** A message with what it takes to decide who may do what with it. */
export interface FoundMessage {
  message: MessageDocument;
  conversation: ConversationDocument;
  /** The membership of the one who asks. */
  member: MemberDocument;
  /** The one who asks has deleted it for themselves. */
  hidden: boolean;
  /** The database's time. */
  now: Date;
}

/** Messages as who asks for them by id may know of them. */
@Injectable()
export class MessageAccess {
  constructor(@Inject(MONGO) private readonly db: Db) {}

  /** A message that the user sees. @throws NotFound MESSAGE_NOT_FOUND */
  async visible(userId: string, id: string, session?: ClientSession): Promise<FoundMessage> {
    const found = await this.find(userId, id, session);
    if (found.hidden) throw messageNotFound();
    return found;
  }

  /** The same, or one that the user has deleted for themselves. @throws NotFound MESSAGE_NOT_FOUND */
  async find(userId: string, id: string, session?: ClientSession): Promise<FoundMessage> {
    const [found] = await collections
      .messages(this.db)
      .aggregate<FoundMessage>(foundBy(userId, id), { session })
      .toArray();
    if (!found) throw messageNotFound();
    return found;
  }
}

/** Says the same of a message that is not there and of one that may not be seen. */
export function messageNotFound(): NotFound {
  return new NotFound('MESSAGE_NOT_FOUND', 'There is no such message.');
}

function foundBy(userId: string, id: string): Document[] {
  const memberId = { $concat: ['$conversation_id', ':', userId] };
  return [
    { $match: { _id: id } },
    { $project: { _id: 0, message: '$$ROOT', now: '$$NOW', memberId, hiddenId: { $concat: [userId, ':', '$_id'] } } },
    joined('conversations', 'message.conversation_id', 'conversation'),
    { $unwind: '$conversation' },
    joined('conversation_members', 'memberId', 'member'),
    { $unwind: '$member' },
    { $match: { 'member.active': true, $expr: { $gt: ['$message.seq', '$member.joined_seq'] } } },
    joined('hidden_messages', 'hiddenId', 'hidden'),
    { $project: { message: 1, conversation: 1, member: 1, now: 1, hidden: { $ne: ['$hidden', []] } } },
  ];
}

function joined(from: string, localField: string, as: string): Document {
  return { $lookup: { from, localField, foreignField: '_id', as } };
}
