import { fact, MessageUnseen } from '@plaza/contracts';
import { previewOf } from '../messages/new-message.js';
import type { ConversationDocument, MessageDocument } from '../storage/documents.js';

const RECIPIENTS_OF_A_FACT = 100;

/** What tells of a message that waits for some members. */
export function unseenFacts(
  message: MessageDocument,
  { type, name }: Pick<ConversationDocument, 'type' | 'name'>,
  recipientIds: readonly string[],
): MessageUnseen[] {
  const told = {
    messageId: message._id,
    conversationId: message.conversation_id,
    conversationType: type,
    conversationName: name,
    seq: message.seq,
    senderId: message.sender_id,
    type: message.type,
    preview: previewOf(message),
    mentionedUserIds: message.mentions,
    sentAt: message.created_at.toISOString(),
  };
  const count = Math.ceil(recipientIds.length / RECIPIENTS_OF_A_FACT);
  return Array.from({ length: count }, (_, index) => {
    const from = index * RECIPIENTS_OF_A_FACT;
    return fact(MessageUnseen, { ...told, recipientIds: recipientIds.slice(from, from + RECIPIENTS_OF_A_FACT) });
  });
}
