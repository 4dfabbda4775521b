import { ApiProperty } from '@nestjs/swagger';
import {
  type ConversationType,
  conversationTypes,
  type MemberRole,
  type MessageType,
  memberRoles,
  messageTypes,
} from '@plaza/contracts';
import { UserSummary } from '@plaza/user-cache';
import { type People, personIn } from '../members/people.js';
import type { ConversationDocument, LastMessage, MemberDocument, MessageRequest } from '../storage/documents.js';

const text = { type: String, nullable: true } as const;
const time = { type: String, format: 'date-time', nullable: true } as const;
const id = { type: String, format: 'uuid', nullable: true } as const;
const count = { type: 'integer', minimum: 0 } as const;

export const settingRoles = ['MEMBER', 'ADMIN'] as const;
export type SettingRole = (typeof settingRoles)[number];
const role = { enum: settingRoles, enumName: 'SettingRole' } as const;

const requestStates = ['PENDING', 'ACCEPTED', 'DECLINED'] as const;

export class SettingsView {
  @ApiProperty({ ...role, description: 'Who may send' }) send: SettingRole;
  @ApiProperty({ ...role, description: 'Who may add members' }) invite: SettingRole;
  @ApiProperty({ ...role, description: 'Who may pin messages' }) pin: SettingRole;
}

export class RequestView {
  @ApiProperty({ format: 'uuid', description: 'Who has asked to talk' }) by: string;
  @ApiProperty({ enum: requestStates, enumName: 'RequestState' }) state: MessageRequest['state'];
}

export class LastMessageView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty(count) seq: number;
  @ApiProperty({ type: UserSummary }) sender: UserSummary;
  @ApiProperty({ enum: messageTypes, enumName: 'MessageType' }) type: MessageType;
  @ApiProperty({ ...text, description: 'The beginning of a text' }) preview: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
}

/** A conversation as all its members see it. */
export class FrameConversation {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: conversationTypes, enumName: 'ConversationType' }) type: ConversationType;
  @ApiProperty({ ...text, description: 'null in a direct conversation' }) name: string | null;
  @ApiProperty(text) description: string | null;
  @ApiProperty(text) avatarUrl: string | null;
  @ApiProperty({ ...id, description: 'null in a direct conversation' }) ownerId: string | null;
  @ApiProperty({ type: [UserSummary], description: 'The first members, at most 10; both of a direct conversation' })
  participants: UserSummary[];
  @ApiProperty(count) memberCount: number;
  @ApiProperty({ type: SettingsView }) settings: SettingsView;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
}

/** A conversation as one member sees it. */
export class ConversationView extends FrameConversation {
  @ApiProperty({ enum: memberRoles, enumName: 'MemberRole' }) myRole: MemberRole;
  @ApiProperty({ type: RequestView, nullable: true, description: 'Of a talk that the other had to agree to' })
  request: RequestView | null;
  @ApiProperty(count) unreadCount: number;
  @ApiProperty({ type: LastMessageView, nullable: true }) lastMessage: LastMessageView | null;
  @ApiProperty(count) lastSeq: number;
  @ApiProperty(count) readSeq: number;
  @ApiProperty(count) deliveredSeq: number;
  @ApiProperty({ ...time, description: 'Until when I am not told of messages; null: I am' }) mutedUntil: string | null;
  @ApiProperty() archived: boolean;
  @ApiProperty() pinned: boolean;
  @ApiProperty({ format: 'date-time' }) lastActivityAt: string;
}

/** What a view of a conversation is made of. */
export interface SeenConversation {
  conversation: ConversationDocument;
  member: MemberDocument;
  unread: number;
  /** The member has deleted the last message for themselves. */
  lastHidden: boolean;
  /** The database's time, by which a mute has ended or not. */
  now: Date;
  people: People;
}

/** For the open clients of all members. */
export function frameConversation(conversation: ConversationDocument, people: People): FrameConversation {
  const { settings } = conversation;
  return {
    id: conversation._id,
    type: conversation.type,
    name: conversation.name,
    description: conversation.description,
    avatarUrl: conversation.avatar_url,
    ownerId: conversation.owner_id,
    participants: conversation.member_preview.map((user) => personIn(people, user)),
    memberCount: conversation.member_count,
    settings: { send: settings.send, invite: settings.invite, pin: settings.pin },
    createdAt: conversation.created_at.toISOString(),
  };
}

export function conversationView(seen: SeenConversation): ConversationView {
  const { conversation, member, now, people } = seen;
  const mutedUntil = member.muted_until && member.muted_until > now ? member.muted_until : null;
  return {
    ...frameConversation(conversation, people),
    myRole: member.role,
    request: requestView(conversation.request, member.user_id),
    unreadCount: seen.unread,
    lastMessage: lastMessageView(seen),
    lastSeq: conversation.last_seq,
    readSeq: member.read_seq,
    deliveredSeq: member.delivered_seq,
    mutedUntil: mutedUntil?.toISOString() ?? null,
    archived: member.archived,
    pinned: member.pinned_at !== null,
    lastActivityAt: conversation.last_activity_at.toISOString(),
  };
}

/** Who has asked is not told of a no. */
function requestView(request: MessageRequest | null, viewer: string): RequestView | null {
  if (!request) return null;
  const untold = request.by === viewer && request.state === 'DECLINED';
  return { by: request.by, state: untold ? 'PENDING' : request.state };
}

function lastMessageView({ conversation, member, lastHidden, people }: SeenConversation): LastMessageView | null {
  const last: LastMessage | null = conversation.last_message;
  // Who has come back sees what came after that.
  if (!last || last.seq <= member.joined_seq) return null;
  return {
    id: last.id,
    seq: last.seq,
    sender: personIn(people, last.sender_id),
    type: last.type,
    preview: lastHidden ? null : last.preview,
    createdAt: last.created_at.toISOString(),
  };
}
