import { Inject, Injectable } from '@nestjs/common';
import type { PresenceStatus } from '@plaza/contracts';
import { BACKGROUND, LOGGER } from '@plaza/service-kit';
import { UserCache, type UserCacheEntry } from '@plaza/user-cache';
import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import { claimDue } from '../due-work/claims.js';
import { DueWork } from '../due-work/due-work.js';
import { severalAtOnce } from '../due-work/several-at-once.js';
import { collections } from '../storage/collections.js';
import type { PresenceDocument } from '../storage/documents.js';
import { Acquaintance } from './acquaintance.js';
import { Momentary } from './momentary.js';
import { presenceFacts } from './presence.facts.js';
import { mayKnow } from './presence.view.js';

const EVERY_MS = 500;
const USERS_AT_ONCE = 200;
const QUERIES_AT_ONCE = 3;
const CLAIMED_FOR_MS = 10_000;

/** Tells who comes and goes: those whose turn it is, as they are then, so that a reconnect is seen by nobody. */
@Injectable()
export class PresenceTeller extends DueWork {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    @Inject(LOGGER) logger: Logger,
    private readonly users: UserCache,
    private readonly acquaintance: Acquaintance,
    private readonly momentary: Momentary,
  ) {
    super('telling who comes and goes', EVERY_MS, logger);
  }

  protected async doDue(): Promise<void> {
    const claim = { limit: USERS_AT_ONCE, claimedForMs: CLAIMED_FOR_MS };
    const due = await claimDue<PresenceDocument>(this.db, 'user_presence', claim);
    if (due.length === 0) return;
    const ids = due.map(({ _id }) => _id);
    const connected = new Set(await collections.connections(this.db).distinct('user_id', { user_id: { $in: ids } }));
    const people = await this.users.findMany(ids);
    await severalAtOnce(QUERIES_AT_ONCE, due, async (user) => {
      const status = connected.has(user._id) ? user.chosen : 'OFFLINE';
      const settled = await this.settle(user, status);
      if (settled && status !== user.told) await this.tell(settled, people.get(user._id));
    });
    if (due.length === USERS_AT_ONCE) this.wake();
  }

  /** Gives the presence from now on, unless somebody else has it in hand by now. What has changed meanwhile stays due. */
  private settle(
    { _id, claim, due_at, told }: PresenceDocument,
    status: PresenceStatus,
  ): Promise<PresenceDocument | null> {
    const isLeaving = status === 'OFFLINE' && told !== 'OFFLINE';
    const leaves = { last_seen_at: { $ifNull: ['$left_at', '$$NOW'] } };
    const done = { $cond: [{ $eq: ['$due_at', due_at] }, null, '$due_at'] };
    const update = [{ $set: { told: status, told_at: '$$NOW', due_at: done, ...(isLeaving && leaves) } }];
    return collections.presence(this.db).findOneAndUpdate({ _id, claim }, update, { returnDocument: 'after' });
  }

  private async tell(user: PresenceDocument, entry: UserCacheEntry | undefined): Promise<void> {
    const { _id: userId, told: status, last_seen_at, told_at: changedAt } = user;
    // Friends may know more, but a frame of a conversation is the same for all of it.
    const may = mayKnow(entry, false);
    const conversationIds = may.presence ? await this.acquaintance.conversationsTold(userId) : [];
    const lastSeenAt = status === 'OFFLINE' ? last_seen_at : null;
    this.momentary.send(presenceFacts({ userId, status, lastSeenAt, changedAt }, { may, conversationIds }));
  }
}
