import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, MONGO } from '@plaza/service-kit';
import { UserCache, type UserSummary, userSummary } from '@plaza/user-cache';
import type { ClientSession, Db } from 'mongodb';
import type { MessagingConfig } from '../config.js';
import { collections } from '../storage/collections.js';
import type { MessageDocument } from '../storage/documents.js';
import { editedFacts } from './change.facts.js';
import { previewSet } from './last-message.js';
import type { MessageView } from './message.view.js';
import type { FoundMessage } from './message-access.js';
import { MessageChanges } from './message-changes.js';
import { expectEditable } from './message-rules.js';
import { MessageViews } from './message-views.js';
import { previewOf } from './new-message.js';

interface Edit {
  content: string;
  sender: UserSummary;
}

/** Senders say something else, and what they said before stays known. */
@Injectable()
export class MessageEditsService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    @Inject(CONFIG) private readonly config: MessagingConfig,
    private readonly changes: MessageChanges,
    private readonly users: UserCache,
    private readonly views: MessageViews,
  ) {}

  /** The same words once more are no edit. */
  async edit(userId: string, id: string, content: string): Promise<MessageView> {
    const { message, conversation } = await this.changes.talkingOf(userId, id);
    const sender = userSummary(userId, await this.users.find(userId));
    const edited = await this.changes.within(userId, message, (session, found) =>
      this.editWithin(session, found, { content, sender }),
    );
    return this.views.one(userId, edited, conversation);
  }

  private async editWithin(session: ClientSession, found: FoundMessage, edit: Edit): Promise<MessageDocument> {
    const { message, conversation, now } = found;
    expectEditable(found, this.config.messageEditWindow);
    if (message.content === edit.content) return message;
    const changed = { content: edit.content, edited_at: now };
    await collections.messages(this.db).updateOne({ _id: message._id }, { $set: changed }, { session });
    const edited = { ...message, ...changed };
    const clock = await this.changes.tell(session, {
      conversationId: conversation._id,
      facts: editedFacts(edited, conversation, edit.sender),
      set: previewSet(message._id, previewOf(edited)),
    });
    await this.keep(session, message, { clock, replacedAt: now });
    return edited;
  }

  /** What was said before. Media without words had nothing to keep. */
  private async keep(
    session: ClientSession,
    { _id, conversation_id, content }: MessageDocument,
    { clock, replacedAt }: { clock: number; replacedAt: Date },
  ): Promise<void> {
    if (content === null) return;
    // By the conversation's clock, so that they sort as they were made, whichever process made them.
    const edit = { _id: `${_id}:${clock}`, message_id: _id, conversation_id, content, replaced_at: replacedAt };
    await collections.edits(this.db).insertOne(edit, { session });
  }
}
