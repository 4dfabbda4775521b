import type { MessageType } from '@plaza/contracts';
import type { UserSummary } from '@plaza/user-cache';
import type { ConversationDocument, MessageDocument } from '../storage/documents.js';

/** What a client is to be told of a send by: its own id for the message, or what its Idempotency-Key stands for. */
export interface ClientId {
  id: string;
  /** Tells whether it is the same message that is sent again. */
  hash: string;
  from: 'clientId' | 'Idempotency-Key';
}

/** A message that somebody wants to send. */
export interface Send {
  /** The message's id, chosen before anything is written: by it one sees whether a commit that was cut off has happened. */
  id: string;
  conversationId: string;
  senderId: string;
  type: MessageType;
  content: string | null;
  replyToId?: string;
  mentionedUserIds: string[];
  metadata: Record<string, unknown> | null;
  client?: ClientId;
  /** Epoch ms after which nobody waits for an answer any more. */
  deadline: number;
  traceparent?: string;
}

/** The sends of one transaction. */
export interface Batch {
  sends: readonly Send[];
  /** Some may be stored already: they are looked for by their ids and client ids. */
  again: boolean;
}

/** A message that is stored. */
export interface Sent {
  message: MessageDocument;
  sender: UserSummary;
  /** Where it is. */
  conversation: Pick<ConversationDocument, '_id' | 'type' | 'member_count' | 'request'>;
  /** It was sent before, with the same client id. */
  repeated: boolean;
}

/** What became of a send: the error is the answer to whoever sent it, and concerns no other send. */
export type Outcome = { sent: Sent } | { refused: Error };
