import type { Document } from 'mongodb';

/** For `changeConversation`: what lists show of a message, if it is the conversation's last one. */
export function previewSet(messageId: string, preview: string | null): Document {
  const changed = { $mergeObjects: ['$last_message', { preview: { $literal: preview } }] };
  return { last_message: { $cond: [{ $eq: ['$last_message.id', messageId] }, changed, '$last_message'] } };
}
