import { Inject, Injectable } from '@nestjs/common';
import type { Emotion } from '@plaza/contracts';
import { MONGO } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import type { FoundMessage } from '../messages/message-access.js';
import { MessageChanges } from '../messages/message-changes.js';
import { expectThere } from '../messages/message-rules.js';
import { collections } from '../storage/collections.js';
import type { MessageDocument } from '../storage/documents.js';
import { reactedFacts } from './emotion.facts.js';
import { emotionId, possibleIds } from './emotion-id.js';
import { type EmotionsView, emotionsView } from './emotions.view.js';

interface Change {
  emotion: Emotion;
  reacted: boolean;
}

/** What messages bring up in people: one of a kind from each, and the counts of them on the message. */
@Injectable()
export class EmotionsService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly changes: MessageChanges,
  ) {}

  /** Twice changes nothing. */
  async react(userId: string, id: string, emotion: Emotion): Promise<EmotionsView> {
    const { message } = await this.changes.talkingOf(userId, id);
    return this.changes.within(userId, message, (session, found) => {
      expectThere(found.message);
      return this.changeWithin(session, found, { emotion, reacted: true });
    });
  }

  async takeBack(userId: string, id: string, emotion: Emotion): Promise<EmotionsView> {
    const { message } = await this.changes.find(userId, id);
    return this.changes.within(userId, message, (session, found) =>
      this.changeWithin(session, found, { emotion, reacted: false }),
    );
  }

  private async changeWithin(session: ClientSession, found: FoundMessage, change: Change): Promise<EmotionsView> {
    const { emotion, reacted } = change;
    const { message, member } = found;
    const mine = await this.emotionsOf(session, member.user_id, message);
    if (mine.includes(emotion) === reacted) return emotionsView(message, mine);
    const counted = await this.write(session, found, change);
    const facts = reactedFacts(counted, { userId: member.user_id, ...change, at: found.now });
    await this.changes.tell(session, { conversationId: message.conversation_id, facts });
    return emotionsView(counted, reacted ? [...mine, emotion].sort() : mine.filter((one) => one !== emotion));
  }

  /** Returns the message with its counts. */
  private async write(
    session: ClientSession,
    { message, member, now }: FoundMessage,
    { emotion, reacted }: Change,
  ): Promise<MessageDocument> {
    const { _id: message_id, conversation_id } = message;
    const _id = emotionId(message_id, member.user_id, emotion);
    const own = { message_id, conversation_id, user_id: member.user_id, emotion, created_at: now };
    const all = collections.emotions(this.db);
    await (reacted ? all.insertOne({ _id, ...own }, { session }) : all.deleteOne({ _id }, { session }));
    const counted = { ...message, emotions: counts(message, { emotion, reacted }) };
    const set = { emotions: counted.emotions };
    await collections.messages(this.db).updateOne({ _id: message_id }, { $set: set }, { session });
    return counted;
  }

  private async emotionsOf(session: ClientSession, userId: string, message: MessageDocument): Promise<Emotion[]> {
    const found = await collections
      .emotions(this.db)
      .find({ _id: { $in: possibleIds(message, userId) } }, { session, sort: { _id: 1 } })
      .toArray();
    return found.map(({ emotion }) => emotion);
  }
}

/** Exact, as the message is as it was when the transaction began, or the transaction is begun anew. */
function counts({ emotions }: MessageDocument, { emotion, reacted }: Change): MessageDocument['emotions'] {
  const { [emotion]: before = 0, ...others } = emotions;
  const after = before + (reacted ? 1 : -1);
  return after > 0 ? { ...others, [emotion]: after } : others;
}
