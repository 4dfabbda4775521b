import { ApiProperty } from '@nestjs/swagger';
import { type Emotion, emotions } from '@plaza/contracts';
import { type UserCacheEntry, UserSummary, userSummary } from '@plaza/user-cache';
import { emotionCounts } from '../messages/message.view.js';
import type { EmotionDocument, MessageDocument } from '../storage/documents.js';

const emotion = { enum: emotions, enumName: 'Emotion' } as const;

/** What a message brings up, and what of it is one's own. */
export class EmotionsView {
  @ApiProperty({ format: 'uuid' }) messageId: string;
  @ApiProperty(emotionCounts) emotions: Partial<Record<Emotion, number>>;
  @ApiProperty({ ...emotion, isArray: true }) myEmotions: Emotion[];
}

export class ReactionView {
  @ApiProperty({ type: UserSummary }) user: UserSummary;
  @ApiProperty(emotion) emotion: Emotion;
  @ApiProperty({ format: 'date-time' }) reactedAt: string;
}

export function emotionsView(
  { _id: messageId, emotions }: Pick<MessageDocument, '_id' | 'emotions'>,
  myEmotions: Emotion[],
): EmotionsView {
  return { messageId, emotions, myEmotions };
}

export function reactionView(
  { user_id, emotion, created_at }: EmotionDocument,
  people: ReadonlyMap<string, UserCacheEntry>,
): ReactionView {
  return { user: userSummary(user_id, people.get(user_id)), emotion, reactedAt: created_at.toISOString() };
}
