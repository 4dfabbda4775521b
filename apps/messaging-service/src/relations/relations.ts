import { Inject, Injectable } from '@nestjs/common';
import { MONGO } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import { collections, pairKey } from '../storage/collections.js';

/** Two users, in whichever order. */
export type Pair = readonly [string, string];

/** How people stand to each other, as far as social-service has told. */
@Injectable()
export class Relations {
  constructor(@Inject(MONGO) private readonly db: Db) {}

  /** Of the pairs those, as `pairKey`, of whom one has blocked the other. */
  async blockBetween(pairs: readonly Pair[], session?: ClientSession): Promise<Set<string>> {
    const ids = pairs.flatMap(([a, b]) => [`${a}:${b}`, `${b}:${a}`]);
    const blocks = await collections
      .blocks(this.db)
      .find({ _id: { $in: ids }, active: true }, { session })
      .toArray();
    return new Set(blocks.map(({ blocker_id, blocked_id }) => pairKey(blocker_id, blocked_id)));
  }

  /** Of the pairs those, as `pairKey`, who are friends. */
  async areFriends(pairs: readonly Pair[], session?: ClientSession): Promise<Set<string>> {
    const ids = pairs.map(([a, b]) => pairKey(a, b));
    const friendships = await collections
      .friendships(this.db)
      .find({ _id: { $in: ids }, active: true }, { session })
      .toArray();
    return new Set(friendships.map(({ _id }) => _id));
  }
}
