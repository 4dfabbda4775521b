import { type FramePublished, type MessageSent } from '@plaza/contracts';
import { factId } from '@plaza/kafka';
import type { UserSummary } from '@plaza/user-cache';
import type { ClientSession, Db, Document } from 'mongodb';
import { collections } from '../storage/collections.js';
import type { ConversationDocument } from '../storage/documents.js';
import { FACTS_OF_A_MESSAGE, sentFacts } from './message.facts.js';
import { messageDocument } from './new-message.js';

/** A SYSTEM message that a change of a conversation brings with it: it has no words, clients make them of the metadata. */
export interface SystemMessage {
  id: string;
  sender: UserSummary;
  /** `{ event: 'members-added', userIds: [...] }` and the like. */
  metadata: { event: string } & Record<string, unknown>;
}

/**
 * A change with a SYSTEM message, in the transaction of the change:
 * ```ts
 * const message = systemMessage(sender, { event: 'renamed', name });
 * const change = withSystemMessage(message, { count: 2, set: { name: { $literal: name } } });
 * const changed = await changeConversation(db, session, id, change);
 * const facts = await insertSystemMessage(db, session, { message, conversation: changed.conversation });
 * await publishChange(outbox, session, changed.clocks, [updated, updatedFrame, ...facts]);
 * ```
 */
export function systemMessage(sender: UserSummary, metadata: SystemMessage['metadata']): SystemMessage {
  return { id: factId(), sender, metadata };
}

/** The change, with what the message means to the conversation's document and with clocks for its fact and its frame. */
export function withSystemMessage<Change extends { count: number; set?: Document }>(
  { id, sender }: SystemMessage,
  { count, set }: Change,
): { count: number; set: Document } {
  const seq = { $add: ['$last_seq', 1] };
  const last = { id, seq, sender_id: sender.id, type: 'SYSTEM', preview: null, created_at: '$$NOW' };
  const moved = { last_seq: seq, last_message: last, last_activity_at: '$$NOW' };
  return { count: count + FACTS_OF_A_MESSAGE, set: { ...set, ...moved } };
}

/** Stores the message that `withSystemMessage` gave its place. Returns the fact and the frame that tell of it. */
export async function insertSystemMessage(
  db: Db,
  session: ClientSession,
  { message, conversation }: { message: SystemMessage; conversation: ConversationDocument },
): Promise<[MessageSent, FramePublished]> {
  const { id, sender, metadata } = message;
  const placed = conversation.last_message;
  if (placed?.id !== id) throw new Error(`The message ${id} was given no place in its conversation`);
  const draft = { id, conversationId: conversation._id, senderId: sender.id, metadata };
  const document = messageDocument(
    { ...draft, type: 'SYSTEM', content: null },
    { seq: placed.seq, createdAt: placed.created_at },
  );
  await collections.messages(db).insertOne(document, { session });
  return sentFacts(document, conversation.type, sender);
}
