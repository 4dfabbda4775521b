import { Inject, Injectable } from '@nestjs/common';
import { emotions } from '@plaza/contracts';
import { MONGO } from '@plaza/service-kit';
import type { AnyBulkWriteOperation, ClientSession, Db } from 'mongodb';
import { collections, memberId } from '../storage/collections.js';
import type { EmotionDocument, MessageDocument } from '../storage/documents.js';
import { emotionId } from './emotion-id.js';
import type { AskedReaction, ReactionChange, SeenReactions } from './reaction-decisions.js';

/** What transactions read and write of reactions, however many: the same few operations. */
@Injectable()
export class ReactionStore {
  constructor(@Inject(MONGO) private readonly db: Db) {}

  /** With the database's time. @param asked reactions to messages of the conversation */
  async read(
    session: ClientSession,
    conversationId: string,
    asked: readonly AskedReaction[],
  ): Promise<SeenReactions & { now: Date }> {
    const found = await collections
      .messages(this.db)
      .aggregate<{ message: MessageDocument; now: Date }>(
        [
          { $match: { _id: { $in: [...new Set(asked.map(({ messageId }) => messageId))] } } },
          { $project: { _id: 0, message: '$$ROOT', now: '$$NOW' } },
        ],
        { session },
      )
      .toArray();
    const messages = found.map(({ message }) => message);
    const memberIds = asked.map(({ userId }) => memberId(conversationId, userId));
    const members = await collections
      .members(this.db)
      .find({ _id: { $in: memberIds }, active: true }, { session })
      .toArray();
    const reactions = await this.reactionsOf(session, asked);
    return { messages, members, reactions, now: found[0]?.now ?? new Date(0) };
  }

  async write(session: ClientSession, changes: readonly ReactionChange[], now: Date): Promise<void> {
    await collections.emotions(this.db).bulkWrite(
      changes.map((change) => reactionWrite(change, now)),
      { session },
    );
    const last = new Map(changes.map(({ message }) => [message._id, message]));
    const counted = [...last.values()].map(({ _id, emotions: counts }) => ({
      updateOne: { filter: { _id }, update: { $set: { emotions: counts } } },
    }));
    await collections.messages(this.db).bulkWrite(counted, { session });
  }

  private reactionsOf(session: ClientSession, asked: readonly AskedReaction[]): Promise<EmotionDocument[]> {
    const ids = asked.flatMap(({ messageId, userId }) => emotions.map((one) => emotionId(messageId, userId, one)));
    return collections
      .emotions(this.db)
      .find({ _id: { $in: ids } }, { session })
      .toArray();
  }
}

function reactionWrite({ asked, message }: ReactionChange, now: Date): AnyBulkWriteOperation<EmotionDocument> {
  const { userId, messageId, emotion, reacted } = asked;
  const _id = emotionId(messageId, userId, emotion);
  if (!reacted) return { deleteOne: { filter: { _id } } };
  const of = { message_id: messageId, conversation_id: message.conversation_id };
  return { insertOne: { document: { _id, ...of, user_id: userId, emotion, created_at: now } } };
}
