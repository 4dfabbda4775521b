import { Inject, Injectable } from '@nestjs/common';
import { MongoOutbox } from '@plaza/kafka';
import { MONGO, mongoTransaction } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import { conversationNotFound } from '../members/member-access.js';
import { collections, memberId } from '../storage/collections.js';
import type { MemberDocument } from '../storage/documents.js';
import { userFrame } from '../storage/frames.js';
import { Lanes } from '../storage/lanes.js';
import type { UpTo } from './receipts.dto.js';
import { ReceiptsTeller } from './receipts.teller.js';
import type { DeliveredView, ReadView } from './receipts.view.js';
import { MOST_TOLD, readStanding, type Standing } from './standing.js';
import { countUnreadIn, unreadRange } from './unread.js';

type Watermarks = Pick<MemberDocument, 'read_seq' | 'delivered_seq'>;

/** How far members have come in their conversations. Watermarks only rise, whatever the order in which devices speak. */
@Injectable()
export class ReceiptsService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly outbox: MongoOutbox,
    private readonly lanes: Lanes,
    private readonly teller: ReceiptsTeller,
  ) {}

  /**
   * One's own devices are told at once, the others soon, together with what else is read. What the devices of one member say at
   * the same moment is taken one after the other: it would only conflict.
   */
  async read(userId: string, conversationId: string, upTo: UpTo): Promise<ReadView> {
    const view = await this.lanes.run([memberId(conversationId, userId)], () =>
      mongoTransaction(this.db, async (session) => {
        const standing = await readStanding(this.db, { userId, conversationId, upTo }, session);
        return standing.seq > standing.member.read_seq
          ? this.moveRead(session, standing)
          : this.view(session, standing, standing.member);
      }),
    );
    this.teller.wake();
    return view;
  }

  /** Said by every device of every message, so it costs no more than it must; in large conversations it is not kept. */
  async delivered(userId: string, conversationId: string, upTo: UpTo): Promise<DeliveredView> {
    const { member, conversation, seq } = await readStanding(this.db, { userId, conversationId, upTo });
    if (seq <= member.delivered_seq || conversation.member_count > MOST_TOLD) return marksOf(member);
    const update = [{ $set: { delivered_seq: { $max: ['$delivered_seq', seq] }, receipts_due: true } }];
    const after = await collections
      .members(this.db)
      .findOneAndUpdate({ _id: member._id, active: true }, update, { returnDocument: 'after' });
    if (!after) throw conversationNotFound();
    this.teller.wake();
    return marksOf(after);
  }

  private async moveRead(session: ClientSession, standing: Standing): Promise<ReadView> {
    const { member, conversation, seq, now } = standing;
    // What was read was delivered.
    const marks = { read_seq: seq, delivered_seq: Math.max(member.delivered_seq, seq) };
    const due = conversation.member_count <= MOST_TOLD ? { receipts_due: true } : {};
    await collections.members(this.db).updateOne({ _id: member._id }, { $set: { ...marks, ...due } }, { session });
    const view = await this.view(session, standing, marks);
    const data = { conversationId: conversation._id, readSeq: view.readSeq, unreadCount: view.unreadCount };
    const frame = userFrame(member.user_id, { type: 'conversation.read', time: now, data });
    await this.outbox.add(session, frame);
    return view;
  }

  private async view(session: ClientSession, { member, conversation }: Standing, marks: Watermarks): Promise<ReadView> {
    const range = unreadRange({ ...member, read_seq: marks.read_seq }, conversation);
    return { ...marksOf(marks), unreadCount: await countUnreadIn(this.db, member.user_id, range, session) };
  }
}

function marksOf({ read_seq, delivered_seq }: Watermarks): DeliveredView {
  return { readSeq: read_seq, deliveredSeq: delivered_seq };
}
