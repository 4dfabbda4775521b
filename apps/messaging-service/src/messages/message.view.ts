import { ApiProperty } from '@nestjs/swagger';
import { type Emotion, emotions, type MessageType, messageTypes } from '@plaza/contracts';
import { UserSummary } from '@plaza/user-cache';
import type { MessageDocument } from '../storage/documents.js';

/** SENDING and FAILED: of messages whose attachments are not there yet. */
export const messageStatuses = ['SENDING', 'SENT', 'DELIVERED', 'READ', 'FAILED'] as const;
export type MessageStatus = (typeof messageStatuses)[number];

const time = { type: String, format: 'date-time', nullable: true } as const;
const id = { type: String, format: 'uuid', nullable: true } as const;

export const emotionCounts = {
  type: 'object',
  additionalProperties: { type: 'integer', minimum: 1 },
  description: 'How many members reacted, by emotion',
  example: { LIKE: 2 },
} as const;

export class ReplyToView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: 'integer', minimum: 1 }) seq: number;
  @ApiProperty({ format: 'uuid' }) senderId: string;
}

/** A message as all members of its conversation see it. */
export class FrameMessage {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) conversationId: string;
  @ApiProperty({ type: 'integer', minimum: 1, description: 'Its place in the conversation: 1, 2, 3 … without a gap' })
  seq: number;
  @ApiProperty({ type: UserSummary }) sender: UserSummary;
  @ApiProperty({ enum: messageTypes, enumName: 'MessageType' }) type: MessageType;
  @ApiProperty({ type: String, nullable: true, description: 'null: it was deleted, or it has no words' })
  content: string | null;
  @ApiProperty({ type: ReplyToView, nullable: true }) replyTo: ReplyToView | null;
  @ApiProperty({ ...id, description: 'The message that began its thread' }) threadId: string | null;
  @ApiProperty({ type: [String], format: 'uuid' }) mentionedUserIds: string[];
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  metadata: Record<string, unknown> | null;
  @ApiProperty({ ...id, description: 'What its sender chose; only its sender is told' }) clientId: string | null;
  @ApiProperty(emotionCounts) emotions: Partial<Record<Emotion, number>>;
  @ApiProperty(time) pinnedAt: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty(time) editedAt: string | null;
  @ApiProperty({ ...time, description: 'A deleted message keeps its place, without words' }) deletedAt: string | null;
}

/** A message as one member sees it. */
export class MessageView extends FrameMessage {
  @ApiProperty({ enum: emotions, enumName: 'Emotion', isArray: true }) myEmotions: Emotion[];
  @ApiProperty({ enum: messageStatuses, enumName: 'MessageStatus' }) status: MessageStatus;
  @ApiProperty({ type: 'integer', minimum: 0, nullable: true, description: 'null: it is not mine' })
  readByCount: number | null;
}

/** What a member sees of a message beside what all see. */
export interface SeenByMember {
  userId: string;
  sender: UserSummary;
  myEmotions: Emotion[];
  status: MessageStatus;
  readByCount: number;
}

/** For the open clients of all members. The client id is in it, so that the sender's devices know the message as theirs. */
export function frameMessage(message: MessageDocument, sender: UserSummary): FrameMessage {
  const { reply_to: replyTo } = message;
  const deleted = message.deleted_at !== null;
  return {
    id: message._id,
    conversationId: message.conversation_id,
    seq: message.seq,
    sender,
    type: message.type,
    content: deleted ? null : message.content,
    replyTo: replyTo && { id: replyTo.id, seq: replyTo.seq, senderId: replyTo.sender_id },
    threadId: message.thread_id,
    mentionedUserIds: deleted ? [] : message.mentions,
    metadata: deleted ? null : message.metadata,
    clientId: message.client_id ?? null,
    emotions: message.emotions,
    pinnedAt: message.pinned_at?.toISOString() ?? null,
    createdAt: message.created_at.toISOString(),
    editedAt: message.edited_at?.toISOString() ?? null,
    deletedAt: message.deleted_at?.toISOString() ?? null,
  };
}

export function messageView(message: MessageDocument, seen: SeenByMember): MessageView {
  const { userId, sender, myEmotions, status, readByCount } = seen;
  const mine = message.sender_id === userId;
  const all = frameMessage(message, sender);
  return {
    ...all,
    clientId: mine ? all.clientId : null,
    myEmotions,
    status,
    readByCount: mine ? readByCount : null,
  };
}

/** A message as its sender sees it who has just sent it. */
export function sentView(message: MessageDocument, sender: UserSummary): MessageView {
  return messageView(message, { userId: sender.id, sender, myEmotions: [], status: 'SENT', readByCount: 0 });
}
