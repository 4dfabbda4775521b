import { Inject, Injectable } from '@nestjs/common';
import { MongoOutbox } from '@plaza/kafka';
import { MONGO, mongoTransaction } from '@plaza/service-kit';
import type { ClientSession, Db, Document } from 'mongodb';
import type { MessageDocument } from '../storage/documents.js';
import { Lanes } from '../storage/lanes.js';
import { changeConversation, publishChange } from '../storage/publishing.js';
import { type FoundMessage, MessageAccess } from './message-access.js';
import { Talking } from './talking.js';

/** What a change means to its conversation, and the facts and frames that tell of it, in their order. */
export interface Told {
  conversationId: string;
  facts: object[];
  /** Fields of the conversation, as for `changeConversation`. */
  set?: Document;
}

/** Changes of messages that were sent: those of one conversation one after the other, each with what tells of it at once. */
@Injectable()
export class MessageChanges {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly lanes: Lanes,
    private readonly outbox: MongoOutbox,
    private readonly access: MessageAccess,
    private readonly talking: Talking,
  ) {}

  /** The message, for a change that says something to the others. @throws NotFound MESSAGE_NOT_FOUND; Forbidden */
  async talkingOf(userId: string, id: string): Promise<FoundMessage> {
    const found = await this.access.visible(userId, id);
    await this.talking.expectAllowed(userId, found.conversation);
    return found;
  }

  /** The message, also one that the user has deleted for themselves. @throws NotFound MESSAGE_NOT_FOUND */
  find(userId: string, id: string): Promise<FoundMessage> {
    return this.access.find(userId, id);
  }

  /**
   * Changes a message in a transaction, in which it is found again as it is then.
   * @param change may be called more than once
   * @throws NotFound MESSAGE_NOT_FOUND
   */
  within<T>(
    userId: string,
    { _id: id, conversation_id }: Pick<MessageDocument, '_id' | 'conversation_id'>,
    change: (session: ClientSession, found: FoundMessage) => Promise<T>,
  ): Promise<T> {
    return this.lanes.run([conversation_id], () =>
      mongoTransaction(this.db, async (session) => change(session, await this.access.find(userId, id, session))),
    );
  }

  /**
   * Tells all members. That it writes the conversation also keeps changes of other processes apart.
   * @returns the clock of the first fact
   */
  async tell(session: ClientSession, { conversationId, facts, set }: Told): Promise<number> {
    const changed = await changeConversation(this.db, session, conversationId, { count: facts.length, set });
    const [clock] = changed?.clocks ?? [];
    if (!changed || clock === undefined) throw new Error(`The conversation ${conversationId} is gone`);
    await publishChange(this.outbox, session, changed.clocks, facts);
    return clock;
  }

  /** Tells the user's own devices alone, and keeps changes apart as well. */
  async tellUser(session: ClientSession, conversationId: string, frame: object): Promise<void> {
    await changeConversation(this.db, session, conversationId, { count: 1 });
    await this.outbox.add(session, frame);
  }
}
