import type { MessageType } from '@plaza/contracts';
import type { LastMessage, MessageDocument, ReplyTo } from '../storage/documents.js';

/** The longest beginning of a text that lists show, in code points. */
const PREVIEW = 100;

/** All that makes a message but its place and time, which only the transaction knows that stores it. */
export interface NewMessage {
  /** Chosen before anything is written: by it one finds out whether a commit that was cut off has happened. */
  id: string;
  conversationId: string;
  senderId: string;
  type: MessageType;
  content: string | null;
  replyTo?: ReplyTo;
  threadId?: string;
  mentions?: string[];
  metadata: Record<string, unknown> | null;
  client?: { id: string; hash: string };
}

/** A message that gets its place in its conversation. */
export function messageDocument(
  draft: NewMessage,
  { seq, createdAt }: { seq: number; createdAt: Date },
): MessageDocument {
  const { client } = draft;
  return {
    _id: draft.id,
    conversation_id: draft.conversationId,
    seq,
    sender_id: draft.senderId,
    type: draft.type,
    content: draft.content,
    reply_to: draft.replyTo ?? null,
    thread_id: draft.threadId ?? null,
    mentions: draft.mentions ?? [],
    metadata: draft.metadata,
    ...(client && { client_id: client.id, sent_hash: client.hash }),
    emotions: {},
    edited_at: null,
    deleted_at: null,
    deleted_by: null,
    pinned_at: null,
    pinned_by: null,
    created_at: createdAt,
  };
}

/** What its conversation shows of it in lists. */
export function lastMessageOf(message: MessageDocument): LastMessage {
  return {
    id: message._id,
    seq: message.seq,
    sender_id: message.sender_id,
    type: message.type,
    preview: previewOf(message),
    created_at: message.created_at,
  };
}

/** The beginning of a text; null for other types, and where it was deleted. */
export function previewOf({ type, content }: Pick<MessageDocument, 'type' | 'content'>): string | null {
  if (type !== 'TEXT' || content === null) return null;
  // Most are short: those need not be taken apart.
  return content.length <= PREVIEW ? content : [...content.slice(0, 2 * PREVIEW)].slice(0, PREVIEW).join('');
}
