import { type Emotion, type FramePublished, fact, MessageReacted } from '@plaza/contracts';
import { frameAbout } from '../messages/change.facts.js';
import type { MessageDocument } from '../storage/documents.js';
import type { FrameContent } from '../storage/frames.js';

/** A reaction that was made or taken back. */
export interface Reaction {
  userId: string;
  emotion: Emotion;
  reacted: boolean;
  at: Date;
}

/** The fact and the frame that tell of a reaction. @param message as it is after it */
export function reactedFacts(
  message: MessageDocument,
  { userId, emotion, reacted, at }: Reaction,
): [MessageReacted, FramePublished] {
  const { _id: messageId, conversation_id: conversationId, seq, sender_id: senderId } = message;
  const told = { messageId, conversationId, seq, senderId, userId, emotion, reacted, reactedAt: at.toISOString() };
  const frame: FrameContent = { type: 'message.reacted', time: at, data: { ...told, emotions: message.emotions } };
  return [fact(MessageReacted, told), frameAbout(message, frame)];
}
