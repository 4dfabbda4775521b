import { Inject, Injectable } from '@nestjs/common';
import { BACKGROUND, LOGGER } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import { claimDue } from '../due-work/claims.js';
import { DueWork } from '../due-work/due-work.js';
import { severalAtOnce } from '../due-work/several-at-once.js';
import { Relations } from '../relations/relations.js';
import { collections, pairKey } from '../storage/collections.js';
import type { PresenceDocument } from '../storage/documents.js';
import { Acquaintance } from './acquaintance.js';
import { lookAgain } from './due-presence.js';
import { Momentary } from './momentary.js';
import { ownFrame, shownFacts, shownTo } from './presence.facts.js';
import { type MayKnow, mayKnow } from './presence.view.js';

const EVERY_MS = 500;
const USERS_AT_ONCE = 200;
const QUERIES_AT_ONCE = 3;
const CLAIMED_FOR_MS = 10_000;

type Status = Pick<PresenceDocument, 'told' | 'shown'>;

/** Tells who comes and goes: those whose turn it is, as they are then, so that a reconnect is seen by nobody. */
@Injectable()
export class PresenceTeller extends DueWork {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    @Inject(LOGGER) logger: Logger,
    private readonly users: UserCache,
    private readonly acquaintance: Acquaintance,
    private readonly relations: Relations,
    private readonly momentary: Momentary,
  ) {
    super('telling who comes and goes', EVERY_MS, logger);
    users.alongside(({ session }, changed) => lookAgain(db, session, changed));
  }

  protected async doDue(): Promise<void> {
    const claim = { limit: USERS_AT_ONCE, claimedForMs: CLAIMED_FOR_MS };
    const due = await claimDue<PresenceDocument>(this.db, 'user_presence', claim);
    if (due.length === 0) return;
    const ids = due.map(({ _id }) => _id);
    const connected = new Set(await collections.connections(this.db).distinct('user_id', { user_id: { $in: ids } }));
    const people = await this.users.findMany(ids);
    await severalAtOnce(QUERIES_AT_ONCE, due, async (user) => {
      // Friends may know more, but a frame of a conversation is the same for all of it.
      const may = mayKnow(people.get(user._id), false);
      const told = connected.has(user._id) ? user.chosen : 'OFFLINE';
      const settled = await this.settle(user, { told, shown: may.presence ? told : 'OFFLINE' });
      if (settled) await this.tell(user, settled, may);
    });
    if (due.length === USERS_AT_ONCE) this.wake();
  }

  /** Gives the presence from now on, unless somebody else has it in hand by now. What has changed meanwhile stays due. */
  private settle({ _id, claim, due_at, told }: PresenceDocument, status: Status): Promise<PresenceDocument | null> {
    const isLeaving = status.told === 'OFFLINE' && told !== 'OFFLINE';
    const leaves = { last_seen_at: { $ifNull: ['$left_at', '$$NOW'] } };
    const isDone = { $eq: ['$due_at', due_at] };
    const done = {
      due_at: { $cond: [isDone, null, '$due_at'] },
      tell_anew: { $cond: [isDone, '$$REMOVE', '$tell_anew'] },
    };
    const update = [{ $set: { ...status, told_at: '$$NOW', ...done, ...(isLeaving && leaves) } }];
    return collections.presence(this.db).findOneAndUpdate({ _id, claim }, update, { returnDocument: 'after' });
  }

  private async tell(before: PresenceDocument, now: PresenceDocument, may: MayKnow): Promise<void> {
    const own = now.told === before.told ? [] : [ownFrame(now)];
    const others = now.shown === before.shown ? [] : await this.toldToOthers(now, may);
    this.momentary.send([...own, ...others, ...(await this.toldAnew(now, before.tell_anew ?? []))]);
  }

  private async toldToOthers(user: PresenceDocument, may: MayKnow): Promise<object[]> {
    return shownFacts(user, { may, conversationIds: await this.acquaintance.conversationsTold(user._id) });
  }

  /** Only who could see the user until now, or can again, is told. */
  private async toldAnew(user: PresenceDocument, others: string[]): Promise<object[]> {
    if (others.length === 0) return [];
    const acquainted = await this.acquaintance.amongAcquaintances(user._id, others);
    const blocked = await this.relations.blockBetween(others.map((other) => [user._id, other]));
    return [...acquainted].map((other) => shownTo(other, user, blocked.has(pairKey(user._id, other))));
  }
}
