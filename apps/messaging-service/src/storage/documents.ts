import type { ConversationType, Emotion, MemberRole, MessageType, PresenceStatus } from '@plaza/contracts';

/** A message as its conversation shows it in a list. */
export interface LastMessage {
  id: string;
  seq: number;
  sender_id: string;
  type: MessageType;
  /** The beginning of a text; null for other types, and where the message was deleted. */
  preview: string | null;
  created_at: Date;
}

/** A first message to somebody who wants none from strangers. */
export interface MessageRequest {
  by: string;
  state: 'PENDING' | 'ACCEPTED' | 'DECLINED';
}

/** What members decide for a whole conversation. */
export interface ConversationSettings {
  /** Who may send; in a channel ADMIN unless said otherwise. */
  send: 'MEMBER' | 'ADMIN';
  /** Who may add members. */
  invite: 'MEMBER' | 'ADMIN';
  /** Who may pin messages. */
  pin: 'MEMBER' | 'ADMIN';
}

export interface ConversationDocument {
  _id: string;
  type: ConversationType;
  /** Null in a direct conversation. */
  name: string | null;
  description: string | null;
  avatar_url: string | null;
  /** Null in a direct conversation. */
  owner_id: string | null;
  /** Of a direct conversation: both ids, the lower one first, `a:b`. Absent in others. */
  pair_key?: string;
  settings: ConversationSettings;
  /** Of a direct conversation that began with somebody who wanted no messages from strangers. */
  request: MessageRequest | null;
  /** The seq of its newest message; 0 while there is none. */
  last_seq: number;
  last_message: LastMessage | null;
  last_activity_at: Date;
  member_count: number;
  /** At most 10 members, the first ones; of a direct conversation both. */
  member_preview: string[];
  /** The clock of all that is published with the conversation's id as key: see `publishing.ts`. */
  clock: number;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

/** What a member may do beyond, or less than, what the role lets: absent fields are the role's. */
export interface MemberPermissions {
  send?: boolean;
  media?: boolean;
  invite?: boolean;
  pin?: boolean;
  manage?: boolean;
}

/** A membership; `_id` by `memberId`. One that has ended stays, for who looks at the stream's past and for a return. */
export interface MemberDocument {
  _id: string;
  conversation_id: string;
  user_id: string;
  role: MemberRole;
  permissions: MemberPermissions;
  active: boolean;
  /** The member sees what comes after this seq. */
  joined_seq: number;
  joined_at: Date;
  /** The clock of the frame that told of it: see `stream.facts.ts`. */
  joined_clock: number;
  left_at: Date | null;
  left_clock: number | null;
  /** Watermarks: they only rise, and `read_seq <= delivered_seq <= last_seq`. */
  delivered_seq: number;
  read_seq: number;
  /** Until when the member is not told of messages. */
  muted_until: Date | null;
  archived: boolean;
  pinned_at: Date | null;
  /** A watermark has moved and the others have not been told yet. */
  receipts_due: boolean;
  /** The watermarks that the others were told last; absent where they were told none. */
  told_delivered_seq?: number;
  told_read_seq?: number;
}

export interface ReplyTo {
  id: string;
  seq: number;
  sender_id: string;
}

/** A message; `_id` is a UUIDv7. */
export interface MessageDocument {
  _id: string;
  conversation_id: string;
  seq: number;
  sender_id: string;
  type: MessageType;
  /** Null where it was deleted. */
  content: string | null;
  reply_to: ReplyTo | null;
  /** The message that began its thread. */
  thread_id: string | null;
  mentions: string[];
  metadata: Record<string, unknown> | null;
  /** Chosen by the client; absent where it chose none. */
  client_id?: string;
  /** Tells whether a repeated send with this client id is the same message. */
  sent_hash?: string;
  /** How many members reacted, by emotion; those with none are absent. */
  emotions: Partial<Record<Emotion, number>>;
  edited_at: Date | null;
  deleted_at: Date | null;
  deleted_by: string | null;
  pinned_at: Date | null;
  pinned_by: string | null;
  created_at: Date;
}

/** A text that an edit replaced. */
export interface MessageEditDocument {
  _id: string;
  message_id: string;
  conversation_id: string;
  content: string;
  /** When it was replaced. */
  replaced_at: Date;
}

/** A message that one member has deleted for themselves; `_id` is `<user>:<message>`. */
export interface HiddenMessageDocument {
  _id: string;
  user_id: string;
  conversation_id: string;
  message_id: string;
  seq: number;
  /** It would count as unread: neither the member's own nor deleted for all. */
  counts: boolean;
}

/** A reaction; `_id` is `<message>:<user>:<emotion>`. */
export interface EmotionDocument {
  _id: string;
  message_id: string;
  conversation_id: string;
  user_id: string;
  emotion: Emotion;
  created_at: Date;
}

/** What social-service says of two people; `_id` is the fact's key. Ended ones stay, by their version. */
export interface BlockDocument {
  _id: string;
  blocker_id: string;
  blocked_id: string;
  active: boolean;
  version: number;
}

export interface FriendshipDocument {
  _id: string;
  active: boolean;
  version: number;
}

/** Work that waits for its time; who does it claims it first, and has it to themselves until the time that is set then. */
export interface DueDocument {
  _id: string;
  /** Null: nothing is to be done. */
  due_at: Date | null;
  /** Who claimed it last. */
  claim?: string;
}

/** `_id` is the user; it is due when the others may have to be told. */
export interface PresenceDocument extends DueDocument {
  /** What the user has chosen; shown while a device is connected. OFFLINE: invisible. */
  chosen: PresenceStatus;
  /** What the user's own devices were told last, and when; OFFLINE from the beginning. */
  told: PresenceStatus;
  told_at: Date;
  /** What of it the others were told: OFFLINE for who does not let them know. */
  shown: PresenceStatus;
  /** Who is to learn how the user is seen now, because a block between the two has begun or ended. */
  tell_anew?: string[];
  last_seen_at: Date | null;
  /** When the last connection ended; null while there is one. */
  left_at: Date | null;
}

/** A gateway that has told of its connections; `_id` is the process. */
export interface GatewayDocument {
  _id: string;
  /** Its last heartbeat that was heard of in full; 0 before the first. */
  beat: number;
  /** When it was last heard of. */
  seen_at: Date;
}

/** An open socket at a gateway; `_id` is the connection's. */
export interface ConnectionDocument {
  _id: string;
  user_id: string;
  gateway_id: string;
  opened_at: Date;
}

/** A message that may have to be told as unseen; `_id` is the message. */
export interface UnseenCheckDocument extends DueDocument {
  conversation_id: string;
  seq: number;
  sender_id: string;
}

/** When the receipts of a conversation may be told again; `_id` is the conversation. Absent: at once. */
export interface ReceiptsDueDocument {
  _id: string;
  due_at: Date;
}

/** A message as it counts for the members of its conversation. */
export interface CountedMessage {
  seq: number;
  sender_id: string;
  at: Date;
}

/** Messages of a conversation and a day that are still to be counted for its members. */
export interface UsageBatchDocument extends DueDocument {
  conversation_id: string;
  day: string;
  messages: CountedMessage[];
  /** The members up to this id have them counted already. */
  after: string;
}

/** What a user did on a day; `_id` is `<user>:<day>`. It is due when it has changed since it was told. */
export interface UsageDayDocument extends DueDocument {
  user_id: string;
  day: string;
  messages_sent: number;
  messages_received: number;
  conversation_ids: string[];
  groups_joined: number;
  told_at: Date | null;
  updated_at: Date;
}
