import { Inject, Injectable } from '@nestjs/common';
import type { PresenceStatus } from '@plaza/contracts';
import { MONGO } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { Db } from 'mongodb';
import { Relations } from '../relations/relations.js';
import { collections, pairKey } from '../storage/collections.js';
import { Acquaintance } from './acquaintance.js';
import { presenceSet } from './connections.service.js';
import { PresenceTeller } from './presence.teller.js';
import { type MayKnow, mayKnow, type OwnPresenceView, type PresencesView, presenceView } from './presence.view.js';

/** How people are seen by each other. */
@Injectable()
export class PresenceService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly users: UserCache,
    private readonly relations: Relations,
    private readonly acquaintance: Acquaintance,
    private readonly teller: PresenceTeller,
  ) {}

  async choose(userId: string, status: PresenceStatus): Promise<OwnPresenceView> {
    const update = [{ $set: presenceSet({ chosen: status, due_at: '$$NOW' }) }];
    const after = await collections
      .presence(this.db)
      .findOneAndUpdate({ _id: userId }, update, { upsert: true, returnDocument: 'after' });
    this.teller.wake();
    return { status, lastSeenAt: after?.last_seen_at?.toISOString() ?? null };
  }

  /** Of somebody one shares no conversation with, or may not know of, the answer is the same as of one who never was there. */
  async read(userId: string, others: string[]): Promise<PresencesView> {
    const found = await collections
      .presence(this.db)
      .find({ _id: { $in: others } })
      .toArray();
    const known = new Map(found.map((presence) => [presence._id, presence]));
    const knowledge = await this.knowledge(userId, others);
    return { items: others.map((id) => presenceView(id, known.get(id), knowledge(id))) };
  }

  private async knowledge(userId: string, others: string[]): Promise<(id: string) => MayKnow> {
    const pairs = others.map((id) => [userId, id] as const);
    const acquainted = await this.acquaintance.amongAcquaintances(userId, others);
    const blocked = await this.relations.blockBetween(pairs);
    const friends = await this.relations.areFriends(pairs);
    const people = await this.users.findMany(others);
    return (id) => {
      if (id === userId) return { presence: true, lastSeen: true };
      const pair = pairKey(userId, id);
      const may = mayKnow(people.get(id), friends.has(pair));
      return { ...may, presence: may.presence && acquainted.has(id) && !blocked.has(pair) };
    };
  }
}
