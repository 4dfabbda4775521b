import { type FramePublished, type FrameType, fact, ReceiptsMoved, type Watermark } from '@plaza/contracts';
import type { UserCacheEntry } from '@plaza/user-cache';
import type { ConversationDocument, MemberDocument } from '../storage/documents.js';
import { conversationFrame } from '../storage/frames.js';

type People = ReadonlyMap<string, Pick<UserCacheEntry, 'audience'>>;
type Marks = Pick<MemberDocument, 'user_id' | 'delivered_seq' | 'read_seq' | 'told_delivered_seq' | 'told_read_seq'>;

/** Who lets the others know what they have read. */
export function thoseWhoShow(userIds: readonly string[], people: People): string[] {
  return userIds.filter((id) => people.get(id)?.audience?.readReceipts ?? true);
}

/** Whether the members of a conversation learn anything at all: not before both have agreed to talk. */
export function isTold({ request }: Pick<ConversationDocument, 'request'>): boolean {
  return !request || request.state === 'ACCEPTED';
}

/** The fact and the frames that tell of watermarks; none where nothing has moved that the others may know. */
export function receiptsFacts(
  conversationId: string,
  { members, showing, now }: { members: readonly Marks[]; showing: readonly string[]; now: Date },
): Array<ReceiptsMoved | FramePublished> {
  const shown = members.map((member) => shownOf(member, showing.includes(member.user_id)));
  const read = shown.filter(({ readMoved }) => readMoved).map(({ watermark }) => watermark);
  const delivered = shown.filter((it) => it.deliveredMoved && !it.readMoved).map(({ watermark }) => watermark);
  if (read.length + delivered.length === 0) return [];
  const moved = { conversationId, watermarks: [...read, ...delivered], movedAt: now.toISOString() };
  return [
    fact(ReceiptsMoved, moved),
    ...framesOf('message.read', conversationId, read, now),
    ...framesOf('message.delivered', conversationId, delivered, now),
  ];
}

function shownOf(marks: Marks, shows: boolean): { watermark: Watermark; readMoved: boolean; deliveredMoved: boolean } {
  const { user_id: userId, delivered_seq: deliveredSeq, read_seq, told_delivered_seq = 0, told_read_seq = 0 } = marks;
  const readSeq = shows ? read_seq : told_read_seq;
  const watermark = { userId, deliveredSeq, readSeq };
  return { watermark, readMoved: readSeq > told_read_seq, deliveredMoved: deliveredSeq > told_delivered_seq };
}

function framesOf(type: FrameType, conversationId: string, watermarks: Watermark[], time: Date): FramePublished[] {
  if (watermarks.length === 0) return [];
  return [conversationFrame(conversationId, { type, time, data: { conversationId, watermarks } })];
}
