import { FollowCreated, FollowRequested, fact } from '@plaza/contracts';
import type { RepublishSource } from '@plaza/kafka';
import { Follow } from './follow.entity.js';

/** The follows as they stand now, for a replica that is built anew after Kafka's log was lost. */
export const republishFollows: RepublishSource = {
  topic: 'follow',
  async read(manager, after, limit) {
    const [follower, following] = after?.split(':') ?? [];
    const follows = await manager
      .createQueryBuilder(Follow, 'follow')
      .where(after ? '(follow.followerId, follow.followingId) > (:follower, :following)' : 'true', {
        follower,
        following,
      })
      .orderBy({ 'follow.followerId': 'ASC', 'follow.followingId': 'ASC' })
      .limit(limit)
      .getMany();
    return follows.map(({ followerId, followingId, status, version, createdAt }) => ({
      cursor: `${followerId}:${followingId}`,
      fact: fact(status === 'ACTIVE' ? FollowCreated : FollowRequested, {
        followerId,
        followingId,
        status,
        createdAt: createdAt.toISOString(),
      }),
      version: Number(version),
    }));
  },
};
