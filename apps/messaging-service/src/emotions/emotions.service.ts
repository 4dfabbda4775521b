import { Inject, Injectable } from '@nestjs/common';
import type { Emotion } from '@plaza/contracts';
import { MONGO, mongoTransaction } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import { MessageChanges } from '../messages/message-changes.js';
import { Lanes } from '../storage/lanes.js';
import { reactedFacts } from './emotion.facts.js';
import type { EmotionsView } from './emotions.view.js';
import { type AskedReaction, ReactionDecisions } from './reaction-decisions.js';
import { ReactionStore } from './reaction-store.js';
import { type Outcome, Turns } from './turns.js';

/** Reactions to messages of one conversation that are written by one transaction. */
const AT_ONCE = 64;

/** What messages bring up in people: one of a kind from each, and the counts of them on the message. */
@Injectable()
export class EmotionsService {
  private readonly turns: Turns<AskedReaction, EmotionsView>;

  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly changes: MessageChanges,
    private readonly store: ReactionStore,
    lanes: Lanes,
  ) {
    // Many react to the same message at once, and would wait for each other's transactions.
    this.turns = new Turns(lanes, (conversationId, asked) => this.change(conversationId, asked), AT_ONCE);
  }

  /** Twice changes nothing. */
  async react(userId: string, messageId: string, emotion: Emotion): Promise<EmotionsView> {
    const { message } = await this.changes.talkingOf(userId, messageId);
    return this.turns.ask(message.conversation_id, { userId, messageId, emotion, reacted: true });
  }

  async takeBack(userId: string, messageId: string, emotion: Emotion): Promise<EmotionsView> {
    const { message } = await this.changes.find(userId, messageId);
    return this.turns.ask(message.conversation_id, { userId, messageId, emotion, reacted: false });
  }

  private change(conversationId: string, asked: readonly AskedReaction[]): Promise<Array<Outcome<EmotionsView>>> {
    return mongoTransaction(this.db, (session) => this.changeWithin(session, conversationId, asked));
  }

  private async changeWithin(
    session: ClientSession,
    conversationId: string,
    asked: readonly AskedReaction[],
  ): Promise<Array<Outcome<EmotionsView>>> {
    const { now, ...seen } = await this.store.read(session, conversationId, asked);
    const decisions = new ReactionDecisions(seen);
    const outcomes = asked.map((one) => decisions.decide(one));
    const { changes } = decisions;
    if (changes.length === 0) return outcomes;
    await this.store.write(session, changes, now);
    const facts = changes.flatMap(({ asked: one, message }) => reactedFacts(message, { ...one, at: now }));
    await this.changes.tell(session, { conversationId, facts });
    return outcomes;
  }
}
