import type { UserCacheEntry } from '@plaza/user-cache';
import type { MemberDocument, MessageDocument } from '../storage/documents.js';
import type { MessageStatus } from './message.view.js';

/** In larger conversations nobody is told who has read what, only how many. */
export const MOST_WATCHED = 100;

/** How far a message has come with the other members. */
export interface ReceiptsOfMessage {
  status: MessageStatus;
  readByCount: number;
}

type Watermarks = Pick<MemberDocument, 'user_id' | 'joined_seq' | 'delivered_seq' | 'read_seq'>;
type People = ReadonlyMap<string, Pick<UserCacheEntry, 'audience'>>;

/** The watermarks as a viewer may know them: who does not show what they have read, is not shown what others have. */
export function knownWatermarks<T extends Watermarks>(viewer: string, members: readonly T[], people: People): T[] {
  const known = (id: string): boolean => id === viewer || (showsReads(viewer, people) && showsReads(id, people));
  return members.map((member) => (known(member.user_id) ? member : { ...member, read_seq: 0 }));
}

/** Whether somebody shows what they have read; who is not known yet has not said otherwise. */
export function showsReads(userId: string, people: People): boolean {
  return people.get(userId)?.audience?.readReceipts ?? true;
}

/** The members who have read a message, of those for whom it was. */
export function readersOf<T extends Watermarks>(
  message: Pick<MessageDocument, 'seq' | 'sender_id'>,
  members: T[],
): T[] {
  return audienceOf(message, members).filter(({ read_seq }) => read_seq >= message.seq);
}

export function receiptsOf(
  message: Pick<MessageDocument, 'seq' | 'sender_id'>,
  members: Watermarks[],
): ReceiptsOfMessage {
  const others = audienceOf(message, members);
  const readByCount = readersOf(message, members).length;
  return { status: statusOf(message.seq, others), readByCount };
}

function audienceOf<T extends Watermarks>(
  { seq, sender_id }: Pick<MessageDocument, 'seq' | 'sender_id'>,
  all: T[],
): T[] {
  return all.filter(({ user_id, joined_seq }) => user_id !== sender_id && joined_seq < seq);
}

function statusOf(seq: number, others: Watermarks[]): MessageStatus {
  if (others.length === 0) return 'SENT';
  if (others.every(({ read_seq }) => read_seq >= seq)) return 'READ';
  return others.every(({ delivered_seq }) => delivered_seq >= seq) ? 'DELIVERED' : 'SENT';
}
