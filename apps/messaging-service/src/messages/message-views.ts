import { Inject, Injectable } from '@nestjs/common';
import type { Emotion } from '@plaza/contracts';
import { MONGO } from '@plaza/service-kit';
import { UserCache, userSummary } from '@plaza/user-cache';
import type { Db } from 'mongodb';
import { possibleIds } from '../emotions/emotion-id.js';
import { collections } from '../storage/collections.js';
import type { MessageDocument } from '../storage/documents.js';
import { type MessageView, messageView } from './message.view.js';
import { MessageReceipts, type Sized } from './message-receipts.js';

/** Shows messages to one member, with all that is not in their documents: the same few queries for however many. */
@Injectable()
export class MessageViews {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly users: UserCache,
    private readonly receipts: MessageReceipts,
  ) {}

  /** @param conversations those that the messages are of */
  async of(
    viewer: string,
    messages: readonly MessageDocument[],
    conversations: readonly Sized[],
  ): Promise<MessageView[]> {
    if (messages.length === 0) return [];
    const [people, mine, receiptsOf] = await Promise.all([
      this.users.findMany(messages.map(({ sender_id }) => sender_id)),
      this.emotionsOf(viewer, messages),
      this.receipts.of(viewer, messages, conversations),
    ]);
    return messages.map((message) => {
      const sender = userSummary(message.sender_id, people.get(message.sender_id));
      const myEmotions = mine.get(message._id) ?? [];
      return messageView(message, { userId: viewer, sender, myEmotions, ...receiptsOf(message) });
    });
  }

  async one(viewer: string, message: MessageDocument, conversation: Sized): Promise<MessageView> {
    const [view] = await this.of(viewer, [message], [conversation]);
    if (!view) throw new Error('a message has no view');
    return view;
  }

  private async emotionsOf(viewer: string, messages: readonly MessageDocument[]): Promise<Map<string, Emotion[]>> {
    const possible = messages.flatMap((message) => possibleIds(message, viewer));
    if (possible.length === 0) return new Map();
    const found = await collections
      .emotions(this.db)
      .find({ _id: { $in: possible } }, { sort: { _id: 1 } })
      .toArray();
    const byMessage = Map.groupBy(found, ({ message_id }) => message_id);
    return new Map([...byMessage].map(([id, some]) => [id, some.map(({ emotion }) => emotion)]));
  }
}
