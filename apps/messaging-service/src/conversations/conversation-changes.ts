import { Inject, Injectable } from '@nestjs/common';
import { MongoOutbox } from '@plaza/kafka';
import { MONGO, mongoTransaction } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { ClientSession, Db } from 'mongodb';
import { conversationNotFound, MemberAccess, type Membership } from '../members/member-access.js';
import { findPeople, type People, personIn } from '../members/people.js';
import {
  insertSystemMessage,
  type SystemMessage,
  systemMessage,
  withSystemMessage,
} from '../messages/system-message.js';
import { Lanes } from '../storage/lanes.js';
import {
  type ChangedConversation,
  type ConversationChange,
  changeConversation,
  publishChange,
} from '../storage/publishing.js';

/** A conversation that a member is about to change. */
export interface OpenChange extends Membership {
  session: ClientSession;
}

export interface MemberChange extends ConversationChange {
  /** What a SYSTEM message says of it. */
  event?: SystemMessage['metadata'];
  /** Who is shown in the frames beside those whom the conversation shows. */
  shown?: readonly string[];
}

/** A change that is written, and has to be told yet. */
export interface WrittenChange extends ChangedConversation {
  /** Of the first of the facts. */
  clock: number;
  people: People;
  /** What tells of the SYSTEM message. */
  ofMessage: object[];
}

/** Changes of a conversation by one of its members. */
@Injectable()
export class ConversationChanges {
  constructor(
    @Inject(MONGO) readonly db: Db,
    private readonly lanes: Lanes,
    private readonly access: MemberAccess,
    private readonly users: UserCache,
    private readonly outbox: MongoOutbox,
  ) {}

  /**
   * Runs a change in a transaction (so perhaps more than once), for an active member.
   * @throws NotFound CONVERSATION_NOT_FOUND
   */
  run<T>(conversationId: string, userId: string, work: (open: OpenChange) => Promise<T>): Promise<T> {
    return this.lanes.run([conversationId], () =>
      mongoTransaction(this.db, async (session) => {
        const membership = await this.access.activeMember(conversationId, userId, session);
        return work({ ...membership, session });
      }),
    );
  }

  /** Writes a change to the conversation's document, and its SYSTEM message. `count` facts are to be published with it. */
  async write({ session, conversation, member }: OpenChange, change: MemberChange): Promise<WrittenChange> {
    const message = change.event && (await this.messageOf(member.user_id, change.event));
    const { count, set } = message ? withSystemMessage(message, change) : change;
    const changed = await changeConversation(this.db, session, conversation._id, { count, set });
    if (!changed) throw conversationNotFound();
    const ofMessage = message ? await insertSystemMessage(this.db, session, { ...changed, message }) : [];
    const shown = [...changed.conversation.member_preview, ...(change.shown ?? [])];
    const people = await findPeople(this.users, shown);
    return { ...changed, ofMessage, people, clock: changed.clocks[0] ?? changed.conversation.clock };
  }

  /** Tells of a written change, by as many facts and frames as it has clocks for, in their order. */
  async publish({ session }: OpenChange, { clocks, ofMessage }: WrittenChange, facts: object[]): Promise<void> {
    await publishChange(this.outbox, session, clocks, [...facts, ...ofMessage]);
  }

  /** Tells what concerns other keys than the conversation's. */
  async tell({ session }: OpenChange, facts: object[]): Promise<void> {
    await this.outbox.addAll(session, facts);
  }

  private async messageOf(senderId: string, event: SystemMessage['metadata']): Promise<SystemMessage> {
    return systemMessage(personIn(await findPeople(this.users, [senderId]), senderId), event);
  }
}
