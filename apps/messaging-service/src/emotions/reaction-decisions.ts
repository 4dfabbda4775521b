import type { Emotion } from '@plaza/contracts';
import { messageNotFound } from '../messages/message-access.js';
import { messageDeleted } from '../messages/message-rules.js';
import { memberId } from '../storage/collections.js';
import type { EmotionDocument, MemberDocument, MessageDocument } from '../storage/documents.js';
import { type EmotionsView, emotionsView } from './emotions.view.js';
import type { Outcome } from './turns.js';

/** A reaction that somebody wants to make, or to take back. */
export interface AskedReaction {
  userId: string;
  messageId: string;
  emotion: Emotion;
  reacted: boolean;
}

/** A reaction that is made or taken back, and the message after it. */
export interface ReactionChange {
  asked: AskedReaction;
  message: MessageDocument;
}

/** What a transaction sees of all that it takes to decide. */
export interface SeenReactions {
  messages: readonly MessageDocument[];
  /** The memberships of those who ask. */
  members: readonly MemberDocument[];
  /** Their reactions to the messages. */
  reactions: readonly EmotionDocument[];
}

/** Decides about reactions as if they came one after the other, each as the ones before leave the messages. */
export class ReactionDecisions {
  /** What is to be written, in this order. */
  readonly changes: ReactionChange[] = [];
  private readonly messages: Map<string, MessageDocument>;
  private readonly members: Map<string, MemberDocument>;
  private readonly own: Map<string, Set<Emotion>>;

  constructor({ messages, members, reactions }: SeenReactions) {
    this.messages = new Map(messages.map((message) => [message._id, message]));
    this.members = new Map(members.map((member) => [member._id, member]));
    const byUser = Map.groupBy(reactions, ({ message_id, user_id }) => `${message_id}:${user_id}`);
    this.own = new Map([...byUser].map(([key, some]) => [key, new Set(some.map(({ emotion }) => emotion))]));
  }

  decide(asked: AskedReaction): Outcome<EmotionsView> {
    const message = this.messages.get(asked.messageId);
    if (!message || !this.sees(asked.userId, message)) return { refused: messageNotFound() };
    if (asked.reacted && message.deleted_at) return { refused: messageDeleted() };
    const own = this.own.get(`${asked.messageId}:${asked.userId}`) ?? new Set();
    if (own.has(asked.emotion) === asked.reacted) return { done: emotionsView(message, [...own].sort()) };
    return { done: this.change(message, own, asked) };
  }

  private sees(userId: string, { conversation_id, seq }: MessageDocument): boolean {
    const member = this.members.get(memberId(conversation_id, userId));
    return member !== undefined && seq > member.joined_seq;
  }

  private change(message: MessageDocument, own: Set<Emotion>, asked: AskedReaction): EmotionsView {
    const { messageId, userId, emotion, reacted } = asked;
    const counted = { ...message, emotions: counts(message, asked) };
    if (reacted) own.add(emotion);
    else own.delete(emotion);
    this.own.set(`${messageId}:${userId}`, own);
    this.messages.set(messageId, counted);
    this.changes.push({ asked, message: counted });
    return emotionsView(counted, [...own].sort());
  }
}

function counts({ emotions }: MessageDocument, { emotion, reacted }: AskedReaction): MessageDocument['emotions'] {
  const { [emotion]: before = 0, ...others } = emotions;
  const after = before + (reacted ? 1 : -1);
  return after > 0 ? { ...others, [emotion]: after } : others;
}
