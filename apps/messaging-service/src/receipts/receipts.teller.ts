import { Inject, Injectable } from '@nestjs/common';
import { inTransaction, MongoOutbox } from '@plaza/kafka';
import { BACKGROUND, LOGGER } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { ClientSession, Db } from 'mongodb';
import type { Logger } from 'pino';
import { DueWork } from '../due-work/due-work.js';
import { severalAtOnce } from '../due-work/several-at-once.js';
import { Relations } from '../relations/relations.js';
import { collections } from '../storage/collections.js';
import type { ConversationDocument, MemberDocument } from '../storage/documents.js';
import { Lanes } from '../storage/lanes.js';
import { changeConversation, publishChange } from '../storage/publishing.js';
import { MOST_TOLD } from './standing.js';
import { isTold, receiptsFacts, thoseWhoShow } from './told-receipts.js';

const EVERY_MS = 250;
/** Of one conversation the others are told once in this time. */
const AT_MOST_EVERY_MS = 1_000;
const CONVERSATIONS_AT_ONCE = 100;
const TRANSACTIONS_AT_ONCE = 3;

/** Those of whom the others are to be told, and whose reads they may know of. */
interface Movers {
  ids: string[];
  showing: string[];
}

interface Due {
  conversation: ConversationDocument;
  now: Date;
  /** It was told less than a second ago. */
  early: boolean;
}

/** Tells the members of a conversation how far the others have come: at once, and then of all that moves within a second. */
@Injectable()
export class ReceiptsTeller extends DueWork {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    @Inject(LOGGER) logger: Logger,
    private readonly outbox: MongoOutbox,
    private readonly lanes: Lanes,
    private readonly users: UserCache,
    private readonly relations: Relations,
  ) {
    super('telling of receipts', EVERY_MS, logger);
  }

  protected async doDue(): Promise<void> {
    await severalAtOnce(TRANSACTIONS_AT_ONCE, await this.dueConversations(), (id) => this.tell(id));
  }

  // What is due is what the members say: a row of `receipts_due` only says when.
  private async dueConversations(): Promise<string[]> {
    const due = await collections
      .members(this.db)
      .aggregate<{ _id: string }>(
        [
          { $match: { receipts_due: true, conversation_id: { $gte: '' } } },
          { $group: { _id: '$conversation_id' } },
          { $lookup: { from: 'receipts_due', localField: '_id', foreignField: '_id', as: 'told' } },
          { $match: { $expr: { $not: { $gt: [{ $first: '$told.due_at' }, '$$NOW'] } } } },
          { $limit: CONVERSATIONS_AT_ONCE },
        ],
        { hint: 'idx_conversation_members_receipts_due' },
      )
      .toArray();
    return due.map(({ _id }) => _id);
  }

  private async tell(id: string): Promise<void> {
    const movers = await this.movers(id);
    await this.lanes.run([id], () => inTransaction(this.db, (session) => this.tellOnce(session, id, movers)));
  }

  /** Asked before the transaction, which shall not wait for another connection. */
  private async movers(id: string): Promise<Movers> {
    const conversation = await collections.conversations(this.db).findOne({ _id: id });
    const moved = await collections.members(this.db).find({ conversation_id: id, receipts_due: true }).toArray();
    const ids = moved.map(({ user_id }) => user_id);
    const isDirect = conversation?.type === 'DIRECT';
    const all = isDirect ? conversation.member_preview : ids;
    const showing = thoseWhoShow(all, await this.users.findMany(all));
    // Between two, who does not show it is not shown it either.
    const hidden = isDirect && (showing.length < all.length || (await this.areBlocked(all)));
    return { ids, showing: hidden ? [] : showing };
  }

  private async areBlocked([one, other]: string[]): Promise<boolean> {
    if (one === undefined || other === undefined) return false;
    return (await this.relations.blockBetween([[one, other]])).size > 0;
  }

  private async tellOnce(session: ClientSession, id: string, { ids, showing }: Movers): Promise<void> {
    const due = await this.readDue(session, id);
    if (!due || due.early) return;
    const members = await collections
      .members(this.db)
      .find({ conversation_id: id, receipts_due: true, user_id: { $in: ids } }, { session })
      .toArray();
    if (members.length === 0) return;
    const { conversation, now } = due;
    const isSilent = conversation.member_count > MOST_TOLD || !isTold(conversation);
    const active = isSilent ? [] : members.filter((member) => member.active);
    await this.markTold(session, id, { members, active, showing });
    const facts = receiptsFacts(id, { members: active, showing, now });
    if (facts.length === 0) return;
    const changed = await changeConversation(this.db, session, id, { count: facts.length });
    await publishChange(this.outbox, session, changed?.clocks ?? [], facts);
  }

  private async readDue(session: ClientSession, id: string): Promise<Due | undefined> {
    const [due] = await collections
      .conversations(this.db)
      .aggregate<Due>(
        [
          { $match: { _id: id } },
          { $project: { _id: 0, conversation: '$$ROOT', now: '$$NOW' } },
          { $lookup: { from: 'receipts_due', localField: 'conversation._id', foreignField: '_id', as: 'told' } },
          { $set: { early: { $gt: [{ $first: '$told.due_at' }, '$$NOW'] } } },
        ],
        { session },
      )
      .toArray();
    return due;
  }

  private async markTold(
    session: ClientSession,
    id: string,
    { members, active, showing }: { members: MemberDocument[]; active: MemberDocument[]; showing: string[] },
  ): Promise<void> {
    const next = [{ $set: { due_at: { $add: ['$$NOW', AT_MOST_EVERY_MS] } } }];
    await collections.receiptsDue(this.db).updateOne({ _id: id }, next, { session, upsert: true });
    const toldTo = active.map(({ _id }) => _id);
    const told = { $in: ['$_id', toldTo] };
    const toldReads = { $and: [told, { $in: ['$user_id', showing] }] };
    const set = {
      receipts_due: false,
      told_delivered_seq: { $cond: [told, '$delivered_seq', { $ifNull: ['$told_delivered_seq', 0] }] },
      told_read_seq: { $cond: [toldReads, '$read_seq', { $ifNull: ['$told_read_seq', 0] }] },
    };
    const ids = members.map(({ _id }) => _id);
    await collections.members(this.db).updateMany({ _id: { $in: ids } }, [{ $set: set }], { session });
  }
}
