import { Inject, Injectable } from '@nestjs/common';
import { MONGO } from '@plaza/service-kit';
import type { Db } from 'mongodb';
import { collections, pairKey } from '../storage/collections.js';

/** In larger conversations nobody is told who comes and goes. */
const MOST_MEMBERS = 100;
const CONVERSATIONS_TOLD = 50;

/** Who shares a conversation with whom, so that they may see each other there. */
@Injectable()
export class Acquaintance {
  constructor(@Inject(MONGO) private readonly db: Db) {}

  /** Of the users those who share a conversation with one, a talk that was not agreed to aside. */
  async amongAcquaintances(userId: string, others: readonly string[]): Promise<Set<string>> {
    const mine = await collections.members(this.db).distinct('conversation_id', { user_id: userId, active: true });
    const strange = new Set(await this.requestsBetween(userId, others));
    const shared = mine.filter((id) => !strange.has(id));
    const among = { user_id: { $in: [...others] }, active: true, conversation_id: { $in: shared } };
    return new Set(await collections.members(this.db).distinct('user_id', among));
  }

  /**
   * The conversations whose members are told when a user comes or goes: the last active ones, without those in which
   * somebody is whom the user has blocked or who has blocked the user.
   */
  async conversationsTold(userId: string): Promise<string[]> {
    const ids = await this.lastActive(userId);
    const blocked = await this.blockedWith(userId);
    if (ids.length === 0 || blocked.length === 0) return ids;
    const among = { user_id: { $in: blocked }, active: true, conversation_id: { $in: ids } };
    const spoilt = new Set(await collections.members(this.db).distinct('conversation_id', among));
    return ids.filter((id) => !spoilt.has(id));
  }

  private async lastActive(userId: string): Promise<string[]> {
    const found = await collections
      .members(this.db)
      .aggregate<{ _id: string }>([
        { $match: { user_id: userId, active: true } },
        { $lookup: { from: 'conversations', localField: 'conversation_id', foreignField: '_id', as: 'at' } },
        { $project: { _id: '$conversation_id', at: { $first: '$at' } } },
        {
          $match: {
            'at.member_count': { $gt: 1, $lte: MOST_MEMBERS },
            'at.request.state': { $nin: ['PENDING', 'DECLINED'] },
          },
        },
        { $sort: { 'at.last_activity_at': -1, _id: 1 } },
        { $limit: CONVERSATIONS_TOLD },
        { $project: { _id: 1 } },
      ])
      .toArray();
    return found.map(({ _id }) => _id);
  }

  private async blockedWith(userId: string): Promise<string[]> {
    const blocks = await collections
      .blocks(this.db)
      .find({ active: true, $or: [{ blocker_id: userId }, { blocked_id: userId }] })
      .toArray();
    return blocks.map(({ blocker_id, blocked_id }) => (blocker_id === userId ? blocked_id : blocker_id));
  }

  private requestsBetween(userId: string, others: readonly string[]): Promise<string[]> {
    const pairs = others.map((other) => pairKey(userId, other));
    const unanswered = { pair_key: { $in: pairs }, 'request.state': { $in: ['PENDING', 'DECLINED'] as const } };
    return collections.conversations(this.db).distinct('_id', unanswered);
  }
}
