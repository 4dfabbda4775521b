import { type ConversationType, type FramePublished, fact, MessageSent, type MessageState } from '@plaza/contracts';
import type { UserSummary } from '@plaza/user-cache';
import type { MessageDocument } from '../storage/documents.js';
import { conversationFrame, type FrameContent } from '../storage/frames.js';
import { frameMessage } from './message.view.js';

/** What tells of a sent message: each has its own clock. */
export const FACTS_OF_A_MESSAGE = 2;

/** The fact and the frame that tell of a sent message, in the order of their clocks. */
export function sentFacts(
  message: MessageDocument,
  type: ConversationType,
  sender: UserSummary,
): [MessageSent, FramePublished] {
  const frame: FrameContent = { type: 'message.sent', time: message.created_at, data: frameMessage(message, sender) };
  return [fact(MessageSent, messageState(message, type)), conversationFrame(message.conversation_id, frame)];
}

/** A message as facts tell of it. */
export function messageState(message: MessageDocument, conversationType: ConversationType): MessageState {
  return {
    id: message._id,
    conversationId: message.conversation_id,
    conversationType,
    seq: message.seq,
    senderId: message.sender_id,
    type: message.type,
    content: message.content,
    replyToId: message.reply_to?.id ?? null,
    threadId: message.thread_id,
    mentionedUserIds: message.mentions,
    metadata: message.metadata,
    createdAt: message.created_at.toISOString(),
    editedAt: message.edited_at?.toISOString() ?? null,
  };
}
