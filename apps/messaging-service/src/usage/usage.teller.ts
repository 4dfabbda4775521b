import { Inject, Injectable } from '@nestjs/common';
import { fact, UsageCounted } from '@plaza/contracts';
import { inTransaction, MongoOutbox } from '@plaza/kafka';
import { BACKGROUND, LOGGER } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import type { Logger } from 'pino';
import { claimDue } from '../due-work/claims.js';
import { DueWork } from '../due-work/due-work.js';
import { collections } from '../storage/collections.js';
import type { UsageDayDocument } from '../storage/documents.js';
import { UsageSharing } from './usage-sharing.js';

const EVERY_MS = 1_000;
const DAYS_AT_ONCE = 100;

/** Has what was gathered counted for everybody, and tells of the days that have changed. */
@Injectable()
export class UsageTeller extends DueWork {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    @Inject(LOGGER) logger: Logger,
    private readonly outbox: MongoOutbox,
    private readonly sharing: UsageSharing,
  ) {
    super('counting usage', EVERY_MS, logger);
  }

  protected async doDue(): Promise<void> {
    const more = await this.sharing.shareDue();
    const due = await claimDue<UsageDayDocument>(this.db, 'usage_days', { limit: DAYS_AT_ONCE });
    if (due.length > 0) await inTransaction(this.db, (session) => this.tell(session, due));
    if (more || due.length === DAYS_AT_ONCE) this.wake();
  }

  /** As the days are by now: what has come since they were claimed is told with them. */
  private async tell(session: ClientSession, due: readonly UsageDayDocument[]): Promise<void> {
    const mine = { _id: { $in: due.map(({ _id }) => _id) }, claim: due[0]?.claim };
    const days = collections.usageDays(this.db);
    await days.updateMany(mine, [{ $set: { due_at: null, told_at: '$$NOW' } }], { session });
    const told = await days.find(mine, { session }).toArray();
    await this.outbox.addAll(session, told.map(usageCounted));
  }
}

function usageCounted(usage: UsageDayDocument): UsageCounted {
  return fact(UsageCounted, {
    userId: usage.user_id,
    day: usage.day,
    messagesSent: usage.messages_sent,
    messagesReceived: usage.messages_received,
    activeConversations: usage.conversation_ids.length,
    groupsJoined: usage.groups_joined,
    countedAt: usage.updated_at.toISOString(),
  });
}
