import { Injectable } from '@nestjs/common';
import { Conflict, NotFound } from '@plaza/service-kit';
import { collections } from '../storage/collections.js';
import type { ConversationDocument, MessageRequest } from '../storage/documents.js';
import { type FrameContent, userFrame } from '../storage/frames.js';
import { frameOfConversation } from './conversation.facts.js';
import { type ConversationView, frameConversation } from './conversation.view.js';
import { ConversationChanges, type OpenChange } from './conversation-changes.js';
import { ConversationReads } from './conversation-reads.js';

/** What the addressee says to somebody who has asked to talk. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly changes: ConversationChanges,
    private readonly reads: ConversationReads,
  ) {}

  /** Both may talk from now on; also somebody who was declined before. */
  async accept(id: string, userId: string): Promise<ConversationView> {
    await this.changes.run(id, userId, async (open) => {
      const { by, state } = requestTo(userId, open.conversation);
      if (state === 'ACCEPTED') return;
      const request: MessageRequest = { by, state: 'ACCEPTED' };
      const after = await this.changes.write(open, { ...answering(request), count: 1 });
      await this.tellReceipts(open);
      const frame = { people: after.people, more: { request } };
      await this.changes.publish(open, after, [frameOfConversation('conversation.updated', after.conversation, frame)]);
    });
    return this.reads.one(id, userId);
  }

  /** Hides the conversation from the addressee, whose devices alone are told. */
  async decline(id: string, userId: string): Promise<void> {
    await this.changes.run(id, userId, async (open) => {
      const { by, state } = requestTo(userId, open.conversation);
      if (state === 'ACCEPTED') throw new Conflict('REQUEST_ACCEPTED', 'You have agreed to talk already.');
      if (state === 'PENDING') await this.hide(open, { by, state: 'DECLINED' });
    });
  }

  /** How far both have come was told nobody until now. */
  private async tellReceipts({ session, conversation }: OpenChange): Promise<void> {
    const both = { conversation_id: conversation._id, active: true };
    await collections.members(this.changes.db).updateMany(both, { $set: { receipts_due: true } }, { session });
  }

  private async hide(open: OpenChange, request: MessageRequest): Promise<void> {
    const { conversation, people } = await this.changes.write(open, { ...answering(request), count: 0 });
    const data = { ...frameConversation(conversation, people), request };
    const frame: FrameContent = { type: 'conversation.updated', time: conversation.updated_at, data };
    await this.changes.tell(open, [userFrame(open.member.user_id, frame)]);
  }
}

function answering(request: MessageRequest) {
  return { set: { request: { $literal: request }, updated_at: '$$NOW' } };
}

/** @throws NotFound REQUEST_NOT_FOUND, where nobody has asked this user */
function requestTo(userId: string, { request }: ConversationDocument): MessageRequest {
  if (!request || request.by === userId)
    throw new NotFound('REQUEST_NOT_FOUND', 'Nobody has asked you to talk in this conversation.');
  return request;
}
