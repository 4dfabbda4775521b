import { Inject, Injectable } from '@nestjs/common';
import { MongoOutbox } from '@plaza/kafka';
import { MONGO, mongoTransaction } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import { collections, memberId } from '../storage/collections.js';
import { userFrame } from '../storage/frames.js';
import { Lanes } from '../storage/lanes.js';
import type { UpTo } from './receipts.dto.js';
import { ReceiptsTeller } from './receipts.teller.js';
import type { ReceiptsView } from './receipts.view.js';
import { MOST_TOLD, readStanding, type Standing } from './standing.js';
import { countUnreadIn, unreadRange } from './unread.js';

interface Watermarks {
  read_seq: number;
  delivered_seq: number;
}

/** How far members have come in their conversations. Watermarks only rise, whatever the order in which devices speak. */
@Injectable()
export class ReceiptsService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly outbox: MongoOutbox,
    private readonly lanes: Lanes,
    private readonly teller: ReceiptsTeller,
  ) {}

  /** One's own devices are told at once, the others soon, together with what else is read. */
  read(userId: string, conversationId: string, upTo: UpTo): Promise<ReceiptsView> {
    return this.within({ userId, conversationId, upTo }, async (session, standing) => {
      const { member, seq } = standing;
      const marks = { read_seq: Math.max(member.read_seq, seq), delivered_seq: Math.max(member.delivered_seq, seq) };
      await this.move(session, standing, marks);
      const view = await this.view(session, standing, marks);
      if (marks.read_seq > member.read_seq) await this.outbox.add(session, readFrame(standing, view));
      return view;
    });
  }

  /** In large conversations nobody asks for it, so it is not kept. */
  delivered(userId: string, conversationId: string, upTo: UpTo): Promise<ReceiptsView> {
    return this.within({ userId, conversationId, upTo }, async (session, standing) => {
      const { member, conversation, seq } = standing;
      const reached = conversation.member_count > MOST_TOLD ? 0 : seq;
      const marks = { read_seq: member.read_seq, delivered_seq: Math.max(member.delivered_seq, reached) };
      await this.move(session, standing, marks);
      return this.view(session, standing, marks);
    });
  }

  /** What the devices of one member say at the same moment is taken one after the other: it would only conflict. */
  private async within(
    asked: { userId: string; conversationId: string; upTo: UpTo },
    change: (session: ClientSession, standing: Standing) => Promise<ReceiptsView>,
  ): Promise<ReceiptsView> {
    const view = await this.lanes.run([memberId(asked.conversationId, asked.userId)], () =>
      mongoTransaction(this.db, async (session) => change(session, await readStanding(this.db, session, asked))),
    );
    this.teller.wake();
    return view;
  }

  private async move(
    session: ClientSession,
    { member, conversation }: Standing,
    { read_seq, delivered_seq }: Watermarks,
  ): Promise<void> {
    // What was read was delivered, so this one moves with the other.
    if (delivered_seq === member.delivered_seq && read_seq === member.read_seq) return;
    const due = conversation.member_count <= MOST_TOLD ? { receipts_due: true } : {};
    await collections
      .members(this.db)
      .updateOne({ _id: member._id }, { $set: { read_seq, delivered_seq, ...due } }, { session });
  }

  private async view(
    session: ClientSession,
    { member, conversation }: Standing,
    { read_seq, delivered_seq }: Watermarks,
  ): Promise<ReceiptsView> {
    const range = unreadRange({ ...member, read_seq }, conversation);
    const unreadCount = await countUnreadIn(this.db, member.user_id, range, session);
    return { readSeq: read_seq, deliveredSeq: delivered_seq, unreadCount };
  }
}

function readFrame({ member, now }: Standing, { readSeq, unreadCount }: ReceiptsView) {
  const data = { conversationId: member.conversation_id, readSeq, unreadCount };
  return userFrame(member.user_id, { type: 'conversation.read', time: now, data });
}
