import { Inject, Injectable } from '@nestjs/common';
import { MONGO } from '@plaza/service-kit';
import type { Db, Document, Filter, Sort } from 'mongodb';
import { collections } from '../storage/collections.js';
import type { MemberDocument, MessageDocument } from '../storage/documents.js';

export interface MessageRange {
  /** Together with the conversation, which is added, it is to be found in an index. */
  match?: Filter<MessageDocument>;
  sort: Sort;
  limit: number;
}

/** Messages of a conversation as one member sees them. */
@Injectable()
export class VisibleMessages {
  constructor(@Inject(MONGO) private readonly db: Db) {}

  /** As many as are asked for, if there are as many: what the member does not see is skipped, not missing. */
  read(member: MemberDocument, { match = {}, sort, limit }: MessageRange): Promise<MessageDocument[]> {
    const stages = [{ $match: { $and: [ofMember(member), match] } }, { $sort: sort }, ...notHidden(member.user_id)];
    return collections
      .messages(this.db)
      .aggregate<MessageDocument>([...stages, { $limit: limit }])
      .toArray();
  }
}

/** A member sees what came after joining. */
export function ofMember(
  member: Pick<MemberDocument, 'conversation_id' | 'joined_seq'>,
): Pick<Filter<MessageDocument>, 'conversation_id' | 'seq'> {
  return { conversation_id: member.conversation_id, seq: { $gt: member.joined_seq } };
}

/** Stages that leave out what a user has deleted for themselves, one message after the other, so that a limit ends it. */
export function notHidden(userId: string): Document[] {
  return [
    { $set: { hidden_id: { $concat: [userId, ':', '$_id'] } } },
    { $lookup: { from: 'hidden_messages', localField: 'hidden_id', foreignField: '_id', as: 'hidden' } },
    { $match: { hidden: { $size: 0 } } },
    { $unset: ['hidden_id', 'hidden'] },
  ];
}

export function hiddenId(userId: string, messageId: string): string {
  return `${userId}:${messageId}`;
}
