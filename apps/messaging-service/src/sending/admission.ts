import type { MessageType } from '@plaza/contracts';
import { nextClock } from '@plaza/kafka';
import { Conflict, Forbidden, Invalid } from '@plaza/service-kit';
import { type UserSummary, userSummary } from '@plaza/user-cache';
import { frameOfConversation } from '../conversations/conversation.facts.js';
import { may, refuseWhileUnanswered } from '../conversations/permissions.js';
import { conversationNotFound } from '../members/member-access.js';
import { sentFacts } from '../messages/message.facts.js';
import { messageDocument } from '../messages/new-message.js';
import { memberId } from '../storage/collections.js';
import type { MessageDocument } from '../storage/documents.js';
import {
  blockIds,
  type Circumstances,
  hiddenId,
  type KnownUser,
  otherOf,
  type SendingMember,
  type SentTo,
  sentBefore,
} from './circumstances.js';
import type { Outcome, Send, Sent } from './send.js';

/** A message that gets its place, and what tells of it. */
export interface Admitted {
  send: Send;
  sent: Sent;
  to: SentTo;
  facts: object[];
  /** The clock of the last of its facts. */
  clock: number;
}

export interface Decision {
  /** One for each send, in their order. */
  outcomes: Outcome[];
  admitted: Admitted[];
}

const media: ReadonlySet<MessageType> = new Set(['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT']);

/**
 * Decides about each send of a batch, as if they came one after the other: whom it is refused, and what it becomes. Those of
 * a conversation get their places in the order of the batch.
 */
export function decide(sends: readonly Send[], seen: Circumstances): Decision {
  const admitted: Admitted[] = [];
  const outcomes = sends.map((send): Outcome => {
    try {
      const known = earlier(send, seen);
      if (known) return { sent: known };
      const one = admit(send, seen);
      admitted.push(one);
      return { sent: one.sent };
    } catch (error) {
      if (error instanceof Error) return { refused: error };
      throw error;
    }
  });
  return { outcomes, admitted };
}

/** The message that a send has become already: in a commit whose outcome was not known, or because it was sent twice. */
function earlier(send: Send, seen: Circumstances): Sent | undefined {
  const { id, client, senderId } = send;
  const own = seen.messages.get(id);
  const there = seen.conversations.get(send.conversationId);
  // Stored is stored, whatever has become of its sender since.
  if (own && there) return { message: own, sender: personOf(senderId, seen), conversation: there, repeated: false };
  const { to: conversation } = membership(send, seen);
  const known = client && seen.byClientId.get(sentBefore(senderId, client.id));
  if (!known) return undefined;
  if (known.sent_hash !== client.hash) throw reused(client.from);
  return { message: known, sender: personOf(senderId, seen), conversation, repeated: true };
}

function admit(send: Send, seen: Circumstances): Admitted {
  const { to, member } = membership(send, seen);
  if (!isActive(seen.users.get(send.senderId))) {
    throw new Forbidden('ACCOUNT_NOT_ACTIVE', 'Your account is not active.');
  }
  if (!may(media.has(send.type) ? 'media' : 'send', member, to)) {
    throw new Forbidden('SEND_NOT_ALLOWED', 'You may not send this here.');
  }
  if (to.type === 'DIRECT') refuseUnwanted(send, to, seen);
  const message = placed(send, { to, member, seen });
  if (send.client) seen.byClientId.set(sentBefore(send.senderId, send.client.id), message);
  const sender = personOf(send.senderId, seen);
  const facts = [...acceptance(send, to, seen), ...sentFacts(message, to.type, sender)];
  to.clock = nextClock(to.clock, seen.now, facts.length);
  return { send, sent: { message, sender, conversation: to, repeated: false }, to, facts, clock: to.clock };
}

function membership({ conversationId, senderId }: Send, seen: Circumstances): { to: SentTo; member: SendingMember } {
  const to = seen.conversations.get(conversationId);
  const member = seen.members.get(memberId(conversationId, senderId));
  if (!to || !member?.active) throw conversationNotFound();
  return { to, member };
}

/** What stems from the other one has one answer: it tells nobody that they are blocked. */
function refuseUnwanted({ senderId }: Send, to: SentTo, { blocks, users }: Circumstances): void {
  refuseWhileUnanswered(senderId, to);
  const other = otherOf(to, senderId);
  const declined = to.request?.by === senderId && to.request.state === 'DECLINED';
  const account = users.get(other);
  const gone = account !== undefined && (account.deleted || account.account_status === 'DELETED');
  const blocked = blockIds(senderId, other).some((id) => blocks.has(id));
  if (blocked || gone || declined) throw new Forbidden('MESSAGE_NOT_ALLOWED', 'You can’t send messages here.');
}

/** Gives a message its place, and those that follow in the batch the next ones. */
function placed(
  send: Send,
  { to, member, seen }: { to: SentTo; member: SendingMember; seen: Circumstances },
): MessageDocument {
  const answered = send.replyToId === undefined ? undefined : answeredMessage(send, send.replyToId, { member, seen });
  to.last_seq += 1;
  return messageDocument(
    {
      ...send,
      replyTo: answered && { id: answered._id, seq: answered.seq, sender_id: answered.sender_id },
      threadId: answered && (answered.thread_id ?? answered._id),
      mentions: send.mentionedUserIds.filter((userId) => seen.members.get(memberId(to._id, userId))?.active),
    },
    { seq: to.last_seq, createdAt: seen.now },
  );
}

/** Who answers a request by a message accepts it, of which both are told. */
function acceptance({ senderId }: Send, to: SentTo, seen: Circumstances): object[] {
  const { request, whole } = to;
  if (!whole || !request || request.by === senderId || request.state === 'ACCEPTED') return [];
  to.request = { by: request.by, state: 'ACCEPTED' };
  to.updated_at = seen.now;
  const people = new Map(whole.member_preview.map((userId) => [userId, personOf(userId, seen)]));
  const conversation = { ...whole, updated_at: to.updated_at };
  return [frameOfConversation('conversation.updated', conversation, { people, more: { request: to.request } })];
}

function answeredMessage(
  { conversationId, senderId }: Send,
  replyToId: string,
  { member, seen }: { member: SendingMember; seen: Circumstances },
): MessageDocument {
  const message = seen.messages.get(replyToId);
  const visible = message?.conversation_id === conversationId && message.seq > member.joined_seq;
  if (message && visible && !seen.hidden.has(hiddenId({ senderId, replyToId }))) return message;
  throw new Invalid('REPLY_TO_UNKNOWN', 'There is no such message to answer in this conversation.');
}

/** Somebody of whom nothing is known has just registered. */
function isActive(user: KnownUser | undefined): boolean {
  return !user || (user.account_status === 'ACTIVE' && !user.deleted);
}

function personOf(id: string, { users }: Circumstances): UserSummary {
  const user = users.get(id);
  if (!user) return userSummary(id);
  const { username, display_name: displayName, avatar_url: avatarUrl, verified } = user;
  return { id, username, displayName, avatarUrl, verified };
}

function reused(by: 'clientId' | 'Idempotency-Key'): Conflict | Invalid {
  if (by === 'clientId') return new Conflict('CLIENT_ID_REUSED', 'The clientId was used for a different message.');
  return new Invalid('IDEMPOTENCY_KEY_REUSED', 'The Idempotency-Key was used for a different request.');
}
