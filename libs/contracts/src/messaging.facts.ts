import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsRFC3339,
  IsUUID,
  Matches,
  MaxLength,
  Min,
} from 'class-validator';
import { Fact } from './fact.js';
import { Nested, Nullable } from './rules.js';

export const conversationTypes = ['DIRECT', 'GROUP', 'CHANNEL'] as const;
export type ConversationType = (typeof conversationTypes)[number];

export const memberRoles = ['OWNER', 'ADMIN', 'MODERATOR', 'MEMBER'] as const;
export type MemberRole = (typeof memberRoles)[number];

export const messageTypes = ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'EMOTION', 'SYSTEM'] as const;
export type MessageType = (typeof messageTypes)[number];

export const emotions = ['LIKE', 'LOVE', 'LAUGH', 'SAD', 'ANGRY', 'WOW'] as const;
export type Emotion = (typeof emotions)[number];

export const presenceStatuses = ['ONLINE', 'OFFLINE', 'AWAY', 'DO_NOT_DISTURB'] as const;
export type PresenceStatus = (typeof presenceStatuses)[number];

const day = /^\d{4}-\d{2}-\d{2}$/;

/** What a conversation is now. */
export abstract class ConversationState {
  @IsUUID() id: string;
  @IsIn(conversationTypes) type: ConversationType;
  /** Null in a direct conversation: there each one is named after the other. */
  @Nullable() @MaxLength(100) name: string | null;
  @Nullable() @MaxLength(1_000) description: string | null;
  @Nullable() @MaxLength(2_048) avatarUrl: string | null;
  /** Null in a direct conversation. */
  @Nullable() @IsUUID() ownerId: string | null;
  @IsInt() @Min(0) memberCount: number;
  @IsRFC3339() createdAt: string;
}

const conversation = {
  topic: 'conversation',
  kind: 'stream',
  producer: 'messaging-service',
  key: (it: { id: string }) => it.id,
} as const;

/** Published when a conversation is begun, after commit, by messaging-service. */
@Fact<ConversationCreated>({ ...conversation, type: 'conversation.created' })
export class ConversationCreated extends ConversationState {}

/** Published when a conversation's name, looks, owner or number of members changes, after commit, by messaging-service. */
@Fact<ConversationUpdated>({ ...conversation, type: 'conversation.updated' })
export class ConversationUpdated extends ConversationState {}

/** A user's membership of a conversation as it is now. */
export abstract class ConversationMemberState {
  @IsUUID() conversationId: string;
  @IsUUID() userId: string;
  @IsIn(memberRoles) role: MemberRole;
  @IsIn(conversationTypes) conversationType: ConversationType;
  @IsRFC3339() joinedAt: string;
}

const member = {
  topic: 'conversation-member',
  kind: 'stream',
  producer: 'messaging-service',
  key: (it: { conversationId: string; userId: string }) => `${it.conversationId}:${it.userId}`,
} as const;

/** Published when a user becomes a member of a conversation, after commit, by messaging-service. */
@Fact<ConversationMemberAdded>({ ...member, type: 'conversation-member.added' })
export class ConversationMemberAdded extends ConversationMemberState {}

/** Published when a member's role changes, after commit, by messaging-service. */
@Fact<ConversationMemberUpdated>({ ...member, type: 'conversation-member.updated' })
export class ConversationMemberUpdated extends ConversationMemberState {}

/** Published when a member leaves a conversation or is removed, after commit, by messaging-service. */
@Fact<ConversationMemberRemoved>({ ...member, type: 'conversation-member.removed' })
export class ConversationMemberRemoved extends ConversationMemberState {
  /** Who ended it: the member, or who removed the member. */
  @IsUUID() removedBy: string;
  @IsRFC3339() removedAt: string;
}

/** What a message is now. Those of one conversation keep their order. */
export abstract class MessageState {
  @IsUUID() id: string;
  @IsUUID() conversationId: string;
  @IsIn(conversationTypes) conversationType: ConversationType;
  /** Its place in the conversation: 1, 2, 3 ... without a gap. */
  @IsInt() @Min(1) seq: number;
  @IsUUID() senderId: string;
  @IsIn(messageTypes) type: MessageType;
  /** Null where it is deleted. */
  @Nullable() @MaxLength(10_000) content: string | null;
  @Nullable() @IsUUID() replyToId: string | null;
  /** The message that began its thread. */
  @Nullable() @IsUUID() threadId: string | null;
  @IsArray() @ArrayMaxSize(50) @IsUUID('all', { each: true }) mentionedUserIds: string[];
  @Nullable() @IsObject() metadata: object | null;
  @IsRFC3339() createdAt: string;
  @Nullable() @IsRFC3339() editedAt: string | null;
}

const message = {
  topic: 'message',
  kind: 'stream',
  producer: 'messaging-service',
  key: (it: { conversationId: string }) => it.conversationId,
} as const;

/** Published when a message is sent, after commit, by messaging-service. */
@Fact<MessageSent>({ ...message, type: 'message.sent' })
export class MessageSent extends MessageState {}

/** Published when a message is edited, after commit, by messaging-service. */
@Fact<MessageEdited>({ ...message, type: 'message.edited' })
export class MessageEdited extends MessageState {}

/** Published when a message is deleted for everybody (its place stays), after commit, by messaging-service. */
@Fact<MessageDeleted>({ ...message, type: 'message.deleted' })
export class MessageDeleted {
  @IsUUID() id: string;
  @IsUUID() conversationId: string;
  @IsInt() @Min(1) seq: number;
  @IsUUID() senderId: string;
  /** The sender, or who moderates the conversation. */
  @IsUUID() deletedBy: string;
  @IsRFC3339() deletedAt: string;
}

/** Published when a member reacts to a message or takes that back, after commit, by messaging-service. */
@Fact<MessageReacted>({ ...message, type: 'message.reacted' })
export class MessageReacted {
  @IsUUID() messageId: string;
  @IsUUID() conversationId: string;
  @IsInt() @Min(1) seq: number;
  @IsUUID() senderId: string;
  @IsUUID() userId: string;
  @IsIn(emotions) emotion: Emotion;
  /** False: it was taken back. */
  @IsBoolean() reacted: boolean;
  @IsRFC3339() reactedAt: string;
}

/** How far a member has come in a conversation. */
export class Watermark {
  @IsUUID() userId: string;
  @IsInt() @Min(0) deliveredSeq: number;
  /** The same as before where the member does not show what was read. */
  @IsInt() @Min(0) readSeq: number;
}

/**
 * Published when members have received or read messages: all watermarks of the conversation that have moved, at most once a
 * second (of conversations with more than 100 members nothing is published), after commit, by messaging-service.
 */
@Fact<ReceiptsMoved>({
  type: 'receipts.moved',
  topic: 'receipts',
  kind: 'stream',
  producer: 'messaging-service',
  key: (it) => it.conversationId,
})
export class ReceiptsMoved {
  @IsUUID() conversationId: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @Nested(() => Watermark, { list: true })
  watermarks: Watermark[];
  @IsRFC3339() movedAt: string;
}

/**
 * Published when a message has waited for 10 s for members who are neither present nor reading and have not muted the
 * conversation, at most 100 of them a fact, after commit, by messaging-service.
 */
@Fact<MessageUnseen>({
  type: 'message.unseen',
  topic: 'message-unseen',
  kind: 'stream',
  producer: 'messaging-service',
  key: (it) => it.conversationId,
})
export class MessageUnseen {
  @IsUUID() messageId: string;
  @IsUUID() conversationId: string;
  @IsIn(conversationTypes) conversationType: ConversationType;
  /** Null in a direct conversation. */
  @Nullable() @MaxLength(100) conversationName: string | null;
  @IsInt() @Min(1) seq: number;
  @IsUUID() senderId: string;
  @IsIn(messageTypes) type: MessageType;
  /** The beginning of a text; null for other types. */
  @Nullable() @MaxLength(100) preview: string | null;
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(100) @IsUUID('all', { each: true }) recipientIds: string[];
  @IsArray() @ArrayMaxSize(50) @IsUUID('all', { each: true }) mentionedUserIds: string[];
  @IsRFC3339() sentAt: string;
}

/** Published when a user's use of messaging on a day (UTC) has changed, the sums so far, after commit, by messaging-service. */
@Fact<UsageCounted>({
  type: 'usage.counted',
  topic: 'usage',
  kind: 'stream',
  producer: 'messaging-service',
  key: (it) => `${it.userId}:${it.day}`,
})
export class UsageCounted {
  @IsUUID() userId: string;
  @Matches(day) day: string;
  @IsInt() @Min(0) messagesSent: number;
  @IsInt() @Min(0) messagesReceived: number;
  /** Conversations in which the user sent or received something. */
  @IsInt() @Min(0) activeConversations: number;
  @IsInt() @Min(0) groupsJoined: number;
  @IsRFC3339() countedAt: string;
}

/** Published when a user comes, goes or says so, to those who may know it, at once, by messaging-service. */
@Fact<PresenceChanged>({
  type: 'presence.changed',
  topic: 'presence',
  kind: 'ephemeral',
  producer: 'messaging-service',
  key: (it) => it.userId,
})
export class PresenceChanged {
  @IsUUID() userId: string;
  @IsIn(presenceStatuses) status: PresenceStatus;
  @Nullable() @IsRFC3339() lastSeenAt: string | null;
  @IsRFC3339() changedAt: string;
}
