import { Inject, Injectable } from '@nestjs/common';
import { inTransaction } from '@plaza/kafka';
import { BACKGROUND } from '@plaza/service-kit';
import type { ClientSession, Db, Filter } from 'mongodb';
import { claimDue } from '../due-work/claims.js';
import { collections } from '../storage/collections.js';
import type { CountedMessage, MemberDocument, UsageBatchDocument } from '../storage/documents.js';
import { UsageCounts } from './usage-counts.js';
import { usageOf } from './usage-day.js';

const BATCHES_AT_ONCE = 200;
const MEMBERS_AT_ONCE = 500;

/** Batches of one conversation and day that have come equally far. */
interface SharedBatches {
  ids: string[];
  claim: string | undefined;
  conversation_id: string;
  day: string;
  messages: CountedMessage[];
}

/**
 * Gives every member of a conversation what its messages are to them. A page of members and how far it has come is one
 * transaction, so that each member has each message counted once, whatever dies.
 */
@Injectable()
export class UsageSharing {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    private readonly counts: UsageCounts,
  ) {}

  /** Tells whether there may be more. */
  async shareDue(): Promise<boolean> {
    const due = await claimDue<UsageBatchDocument>(this.db, 'usage_batches', { limit: BATCHES_AT_ONCE });
    const groups = Map.groupBy(due, ({ conversation_id, day, after }) => `${conversation_id} ${day} ${after}`);
    for (const group of groups.values()) await this.share(group);
    return due.length === BATCHES_AT_ONCE;
  }

  private async share(group: readonly UsageBatchDocument[]): Promise<void> {
    const [first] = group;
    if (!first) return;
    const { claim, conversation_id, day } = first;
    const messages = group.flatMap((batch) => batch.messages);
    const batches = { ids: group.map(({ _id }) => _id), claim, conversation_id, day, messages };
    let next: string | undefined = first.after;
    while (next !== undefined) next = await this.shareFrom(batches, next);
  }

  private shareFrom(batches: SharedBatches, after: string): Promise<string | undefined> {
    return inTransaction(this.db, (session) => this.sharePage(session, batches, after));
  }

  /** Gives the last member of the page, if there are more. */
  private async sharePage(session: ClientSession, batches: SharedBatches, after: string): Promise<string | undefined> {
    const page = await this.page(session, batches, after);
    const last = page.length < MEMBERS_AT_ONCE ? undefined : page.at(-1)?._id;
    if (!(await this.move(session, batches, last))) return undefined;
    const additions = page.flatMap((member) => usageOf(member, batches, batches.messages) ?? []);
    await this.counts.add(session, additions);
    return last;
  }

  private page(session: ClientSession, batches: SharedBatches, after: string): Promise<MemberDocument[]> {
    // Ids of memberships begin with that of the conversation.
    const bounds = { $gt: after || `${batches.conversation_id}:`, $lt: `${batches.conversation_id};` };
    const options = { session, sort: { _id: 1 }, limit: MEMBERS_AT_ONCE } as const;
    return collections.members(this.db).find({ _id: bounds }, options).toArray();
  }

  /** False, and nothing is moved, where another process has any of them by now. */
  private async move(
    session: ClientSession,
    { ids, claim }: SharedBatches,
    after: string | undefined,
  ): Promise<boolean> {
    const mine: Filter<UsageBatchDocument> = { _id: { $in: ids }, claim };
    const batches = collections.usageBatches(this.db);
    if ((await batches.countDocuments(mine, { session })) < ids.length) return false;
    if (after === undefined) await batches.deleteMany(mine, { session });
    else await batches.updateMany(mine, { $set: { after } }, { session });
    return true;
  }
}
