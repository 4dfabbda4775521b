import { Inject, Injectable } from '@nestjs/common';
import { MONGO } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import { countUnreadIn, unreadRange } from '../receipts/unread.js';
import { collections, memberId } from '../storage/collections.js';
import type { MemberDocument, MessageDocument } from '../storage/documents.js';
import { deletedFacts, hiddenFrame } from './change.facts.js';
import { previewSet } from './last-message.js';
import type { FoundMessage } from './message-access.js';
import { MessageChanges } from './message-changes.js';
import { expectDeletable } from './message-rules.js';
import { hiddenId } from './visible-messages.js';

/** What is left of a deleted message, beside its place. */
const TOMBSTONE = { content: null, metadata: null, mentions: [], emotions: {}, pinned_at: null, pinned_by: null };

/** Messages go: for everybody, or for one member. */
@Injectable()
export class MessageDeletionService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly changes: MessageChanges,
  ) {}

  async removeFor(whom: 'me' | 'all', userId: string, id: string): Promise<void> {
    const { message } = await this.changes.find(userId, id);
    await this.changes.within(userId, message, (session, found) =>
      whom === 'all' ? this.removeWithin(session, found) : this.hideWithin(session, found),
    );
  }

  private async removeWithin(session: ClientSession, found: FoundMessage): Promise<void> {
    const { message, member, now } = found;
    expectDeletable(found, await this.membershipOf(session, message));
    if (message.deleted_at) return;
    const gone = { ...TOMBSTONE, deleted_at: now, deleted_by: member.user_id };
    await collections.messages(this.db).updateOne({ _id: message._id }, { $set: gone }, { session });
    await this.forget(session, message._id);
    await this.changes.tell(session, {
      conversationId: message.conversation_id,
      facts: deletedFacts(message, member.user_id, now),
      set: previewSet(message._id, null),
    });
  }

  /** Nothing of what it said or caused is kept. Who has hidden it does not see where it was either. */
  private async forget(session: ClientSession, messageId: string): Promise<void> {
    await collections.edits(this.db).deleteMany({ message_id: messageId }, { session });
    await collections.emotions(this.db).deleteMany({ message_id: messageId }, { session });
    await collections.hidden(this.db).updateMany({ message_id: messageId }, { $set: { counts: false } }, { session });
  }

  private async hideWithin(session: ClientSession, found: FoundMessage): Promise<void> {
    if (found.hidden) return;
    const { message, conversation, member, now } = found;
    const { _id: messageId, conversation_id, seq, sender_id, deleted_at } = message;
    const userId = member.user_id;
    const counts = sender_id !== userId && !deleted_at;
    const place = { user_id: userId, conversation_id, message_id: messageId, seq, counts };
    await collections.hidden(this.db).insertOne({ _id: hiddenId(userId, messageId), ...place }, { session });
    const unreadCount = await countUnreadIn(this.db, userId, unreadRange(member, conversation), session);
    const frame = hiddenFrame(message, { userId, unreadCount, time: now });
    await this.changes.tellUser(session, conversation_id, frame);
  }

  private async membershipOf(
    session: ClientSession,
    { conversation_id, sender_id }: MessageDocument,
  ): Promise<MemberDocument | undefined> {
    const _id = memberId(conversation_id, sender_id);
    return (await collections.members(this.db).findOne({ _id, active: true }, { session })) ?? undefined;
  }
}
