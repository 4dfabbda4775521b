import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { PostCreated, PostDeleted } from '@plaza/contracts';
import type { ReceivedFact } from '@plaza/kafka';
import { NotFound } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import { type EntityManager, Repository } from 'typeorm';
import { SocialStats } from './social-stats.entity.js';
import { type StatsView, statsView } from './stats.view.js';

@Injectable()
export class StatsService {
  constructor(
    @InjectRepository(SocialStats) private readonly stats: Repository<SocialStats>,
    private readonly users: UserCache,
  ) {}

  /** The counts are everybody's to see, whatever the account's privacy: they name nobody. */
  async of(viewer: string, userId: string): Promise<StatsView> {
    const account = await this.users.find(userId, { wait: viewer !== userId });
    const visible = account ? !account.deleted && account.accountStatus === 'ACTIVE' : viewer === userId;
    if (!visible) throw new NotFound('USER_NOT_FOUND', 'There is no such user.');
    return statsView((await this.stats.findOneBy({ userId })) ?? undefined);
  }

  /** Adds up, per author, what posts were made and deleted. Rows are locked in the order of their ids, as follows do. */
  async countPosts(manager: EntityManager, facts: ReceivedFact<PostCreated | PostDeleted>[]): Promise<void> {
    await manager.query(
      `INSERT INTO user_social_stats AS s (user_id, posts_count)
       SELECT author_id, sum(delta) FROM unnest($1::uuid[], $2::integer[]) AS change (author_id, delta)
        GROUP BY author_id HAVING sum(delta) <> 0 ORDER BY author_id
       ON CONFLICT (user_id) DO UPDATE SET posts_count = s.posts_count + excluded.posts_count, updated_at = now()`,
      [facts.map(({ fact }) => fact.authorId), facts.map(({ type }) => (type === 'post.created' ? 1 : -1))],
    );
  }
}
