import { type Emotion, emotions } from '@plaza/contracts';
import type { MessageDocument } from '../storage/documents.js';

/** One per message, user and kind. */
export function emotionId(messageId: string, userId: string, emotion: Emotion): string {
  return `${messageId}:${userId}:${emotion}`;
}

/** The reactions to a message that may be the user's: those of the kinds that it has any of. */
export function possibleIds(message: Pick<MessageDocument, '_id' | 'emotions'>, userId: string): string[] {
  const present = emotions.filter((emotion) => message.emotions[emotion]);
  return present.map((emotion) => emotionId(message._id, userId, emotion));
}
