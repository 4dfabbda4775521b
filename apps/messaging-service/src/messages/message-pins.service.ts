import { Inject, Injectable } from '@nestjs/common';
import { Conflict, MONGO } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import { collections } from '../storage/collections.js';
import { pinnedFrame, unpinnedFrame } from './change.facts.js';
import type { FoundMessage } from './message-access.js';
import { MessageChanges } from './message-changes.js';
import { expectMayPin, expectPinnable } from './message-rules.js';

/** Of one conversation. */
const MOST_PINS = 50;

/** What members keep in sight of all. */
@Injectable()
export class MessagePinsService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly changes: MessageChanges,
  ) {}

  /** Twice changes nothing. */
  async pin(userId: string, id: string): Promise<void> {
    const { message } = await this.changes.talkingOf(userId, id);
    await this.changes.within(userId, message, (session, found) => this.pinWithin(session, found));
  }

  async unpin(userId: string, id: string): Promise<void> {
    const { message } = await this.changes.find(userId, id);
    await this.changes.within(userId, message, (session, found) => this.unpinWithin(session, found));
  }

  private async pinWithin(session: ClientSession, found: FoundMessage): Promise<void> {
    expectPinnable(found);
    const { message, member, now } = found;
    if (message.pinned_at) return;
    await this.expectRoom(session, message.conversation_id);
    const pinned = { pinned_at: now, pinned_by: member.user_id };
    await collections.messages(this.db).updateOne({ _id: message._id }, { $set: pinned }, { session });
    const facts = [pinnedFrame(message, member.user_id, now)];
    await this.changes.tell(session, { conversationId: message.conversation_id, facts });
  }

  private async unpinWithin(session: ClientSession, found: FoundMessage): Promise<void> {
    expectMayPin(found);
    const { message, member, now } = found;
    if (!message.pinned_at) return;
    const unpinned = { pinned_at: null, pinned_by: null };
    await collections.messages(this.db).updateOne({ _id: message._id }, { $set: unpinned }, { session });
    const facts = [unpinnedFrame(message, member.user_id, now)];
    await this.changes.tell(session, { conversationId: message.conversation_id, facts });
  }

  private async expectRoom(session: ClientSession, conversationId: string): Promise<void> {
    const pinned = { conversation_id: conversationId, pinned_at: { $type: 'date' } } as const;
    const count = await collections.messages(this.db).countDocuments(pinned, { session, limit: MOST_PINS });
    if (count >= MOST_PINS) throw new Conflict('TOO_MANY_PINS', `At most ${MOST_PINS} messages can be pinned.`);
  }
}
