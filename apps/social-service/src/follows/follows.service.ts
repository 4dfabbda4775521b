import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FollowAccepted, FollowCreated, FollowDeleted, FollowRequested, fact } from '@plaza/contracts';
import { Outbox, type OutboxParameters } from '@plaza/kafka';
import {
  Forbidden,
  Invalid,
  isUniqueViolation,
  NotFound,
  type Prepared,
  queryPrepared,
  transaction,
} from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import { type DataSource, Repository } from 'typeorm';
import { Follow, type FollowStatus } from './follow.entity.js';
import { type FollowView, followView } from './follows.view.js';

/** What is known of two people when one wants to follow the other. A status of null: no row of the replica yet. */
interface Circumstances {
  followerStatus: string | null;
  followedStatus: string | null;
  followedPrivacy: string | null;
  follow: FollowView | null;
}

interface KnownRow extends Omit<Circumstances, 'follow'> {
  status: FollowStatus | null;
  createdAt: Date | null;
}

type NewFollow = Pick<Follow, 'followerId' | 'followingId' | 'status' | 'createdAt'>;

const CIRCUMSTANCES: Prepared = {
  name: 'follow-circumstances',
  text: `SELECT CASE WHEN follower.deleted THEN 'DELETED' ELSE follower.account_status END AS "followerStatus",
                CASE WHEN followed.deleted THEN 'DELETED' ELSE followed.account_status END AS "followedStatus",
                followed.privacy_level AS "followedPrivacy", f.status, f.created_at AS "createdAt"
           FROM (VALUES ($1::uuid, $2::uuid)) AS pair (follower_id, following_id)
           LEFT JOIN user_cache follower ON follower.id = pair.follower_id
           LEFT JOIN user_cache followed ON followed.id = pair.following_id
           LEFT JOIN follows f ON f.follower_id = pair.follower_id AND f.following_id = pair.following_id`,
};

/** What nearly all requests for a follow come to. Says in SQL what `follow` says in words, and must never allow more. */
const NOTHING_AGAINST = `"followerStatus" = 'ACTIVE' AND "followedStatus" = 'ACTIVE'
  AND "followedPrivacy" IN ('PUBLIC', 'FRIENDS') AND status IS NULL`;

/** Who follows whom. Every change and its fact are one transaction. */
@Injectable()
export class FollowsService {
  constructor(
    @InjectRepository(Follow) private readonly follows: Repository<Follow>,
    private readonly users: UserCache,
    private readonly outbox: Outbox,
  ) {}

  /** Follows, or asks to where the account is private. Following twice changes nothing. */
  async follow(followerId: string, followingId: string): Promise<FollowView> {
    if (followerId === followingId) throw new Invalid('FOLLOW_SELF', 'You cannot follow yourself.');
    return (await this.followAtOnce(followerId, followingId)) ?? this.followWithCare(followerId, followingId);
  }

  private async followWithCare(followerId: string, followingId: string): Promise<FollowView> {
    const known = await this.circumstances(followerId, followingId);
    if ((known.followerStatus ?? 'ACTIVE') !== 'ACTIVE')
      throw new Forbidden('ACCOUNT_NOT_ACTIVE', 'Your account is not active.');
    if (known.followedStatus !== 'ACTIVE') throw new NotFound('USER_NOT_FOUND', 'There is no such user.');
    return (
      known.follow ?? this.insert(followerId, followingId, known.followedPrivacy === 'PRIVATE' ? 'PENDING' : 'ACTIVE')
    );
  }

  /** Ends the follow, or withdraws the request. */
  async unfollow(followerId: string, followingId: string): Promise<void> {
    await this.remove(followerId, followingId, ['ACTIVE', 'PENDING']);
  }

  /** Ends that somebody follows the user. */
  async removeFollower(userId: string, followerId: string): Promise<void> {
    await this.remove(followerId, userId, ['ACTIVE']);
  }

  async acceptRequest(userId: string, followerId: string): Promise<FollowView> {
    return transaction(this.database, async (manager) => {
      const pair = { followerId, followingId: userId };
      await this.outbox.lock(manager, `${followerId}:${userId}`);
      const follow = await manager.findOneBy(Follow, pair);
      if (!follow) throw noRequest();
      if (follow.status === 'ACTIVE') return followView(follow);
      const version = await this.outbox.add(
        manager,
        fact(FollowAccepted, { ...pair, status: 'ACTIVE', createdAt: follow.createdAt.toISOString() }),
      );
      await manager.update(Follow, pair, { status: 'ACTIVE', version: String(version), updatedAt: () => 'now()' });
      return followView({ ...follow, status: 'ACTIVE' });
    });
  }

  async declineRequest(userId: string, followerId: string): Promise<void> {
    if (!(await this.remove(followerId, userId, ['PENDING']))) throw noRequest();
  }

  /** One query for all; a user who has only just registered is waited for. */
  private async circumstances(followerId: string, followingId: string): Promise<Circumstances> {
    const found = await this.readCircumstances(followerId, followingId);
    if (found.followerStatus !== null && found.followedStatus !== null) return found;
    await Promise.all([followerId, followingId].map((id) => this.users.find(id, { wait: true })));
    return this.readCircumstances(followerId, followingId);
  }

  private async readCircumstances(followerId: string, followingId: string): Promise<Circumstances> {
    const [row] = await queryPrepared<KnownRow>(this.database, CIRCUMSTANCES, [followerId, followingId]);
    if (!row) throw new Error('a query that always gives a row gave none');
    const { status, createdAt, ...known } = row;
    return { ...known, follow: status && createdAt ? followView({ followingId, status, createdAt }) : null };
  }

  /** Question, row and fact in one statement. Undefined: it did nothing, as something may stand against the follow. */
  private async followAtOnce(followerId: string, followingId: string): Promise<FollowView | undefined> {
    const createdAt = new Date();
    const { values, call } = this.fact({ followerId, followingId, status: 'ACTIVE', createdAt });
    const text = `WITH known AS (${CIRCUMSTANCES.text}), added AS (
                    INSERT INTO follows (follower_id, following_id, status, created_at, version)
                    SELECT $1, $2, 'ACTIVE', $3, ${call(4)} FROM known WHERE ${NOTHING_AGAINST} RETURNING status
                  ) SELECT status FROM added`;
    try {
      const follow = { name: 'follow-at-once', text };
      const added = await queryPrepared(this.database, follow, [followerId, followingId, createdAt, ...values]);
      if (added.length === 0) return undefined;
    } catch (error) {
      if (isUniqueViolation(error, 'pk_follows')) return undefined;
      throw error;
    }
    this.outbox.wake();
    return followView({ followingId, status: 'ACTIVE', createdAt });
  }

  /** Fact and row in one statement: one round trip, and the row carries the fact's version. */
  private async insert(followerId: string, followingId: string, status: FollowStatus): Promise<FollowView> {
    const createdAt = new Date();
    const { values, call } = this.fact({ followerId, followingId, status, createdAt });
    const text = `INSERT INTO follows (follower_id, following_id, status, created_at, version)
                  SELECT $1, $2, $3, $4, ${call(5)}`;
    try {
      const insert = { name: 'insert-follow', text };
      await queryPrepared(this.database, insert, [followerId, followingId, status, createdAt, ...values]);
    } catch (error) {
      if (!isUniqueViolation(error, 'pk_follows')) throw error;
      // Somebody's other tab was first. The statement left nothing behind, its fact included.
      const other = await this.follows.findOneBy({ followerId, followingId });
      // A third one has ended that follow since.
      return other ? followView(other) : this.insert(followerId, followingId, status);
    }
    this.outbox.wake();
    return followView({ followingId, status, createdAt });
  }

  private fact({ status, createdAt, ...pair }: NewFollow): OutboxParameters {
    const kind = status === 'ACTIVE' ? FollowCreated : FollowRequested;
    return this.outbox.prepare(fact(kind, { ...pair, status, createdAt: createdAt.toISOString() }));
  }

  private get database(): DataSource {
    return this.follows.manager.dataSource;
  }

  private async remove(followerId: string, followingId: string, statuses: FollowStatus[]): Promise<boolean> {
    return transaction(this.database, async (manager) => {
      await this.outbox.lock(manager, `${followerId}:${followingId}`);
      const [ended] = await manager.query<Array<{ createdAt: Date }>>(
        `WITH ended AS (DELETE FROM follows WHERE follower_id = $1 AND following_id = $2 AND status = ANY ($3)
                        RETURNING created_at)
         SELECT created_at AS "createdAt" FROM ended`,
        [followerId, followingId, statuses],
      );
      if (!ended) return false;
      const createdAt = ended.createdAt.toISOString();
      await this.outbox.add(manager, fact(FollowDeleted, { followerId, followingId, status: 'NONE', createdAt }));
      return true;
    });
  }
}

function noRequest(): NotFound {
  return new NotFound('FOLLOW_REQUEST_NOT_FOUND', 'There is no such follow request.');
}
