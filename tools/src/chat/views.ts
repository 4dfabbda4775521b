/** What the API answers, as far as a chat shows it. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface User {
  id: string;
  username: string;
  displayName: string | null;
}

export interface Message {
  id: string;
  conversationId: string;
  seq: number;
  sender: User;
  type: string;
  /** Null where it was deleted, or has no words. */
  content: string | null;
  replyTo: { seq: number } | null;
  metadata: Record<string, unknown> | null;
  emotions: Record<string, number>;
  createdAt: string;
  editedAt: string | null;
  deletedAt: string | null;
}

export interface Conversation {
  id: string;
  type: 'DIRECT' | 'GROUP' | 'CHANNEL';
  /** Null in a direct one. */
  name: string | null;
  participants: User[];
  memberCount: number;
  request: { by: string; state: string } | null;
  unreadCount: number;
  lastMessage: { seq: number; sender: User; type: string; preview: string | null; createdAt: string } | null;
  lastSeq: number;
  lastActivityAt: string;
}

export interface Member {
  user: User;
  role: string;
}

export interface Presence {
  userId: string;
  status: string;
  lastSeenAt: string | null;
}

/** How far somebody has come in a conversation. */
export interface Watermark {
  userId: string;
  deliveredSeq: number;
  readSeq: number;
}
