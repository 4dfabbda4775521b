import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Cursors, Forbidden, NotFound, type Page, type PageQuery, page } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import { Repository } from 'typeorm';
import { Follow, type FollowStatus } from './follow.entity.js';
import { type FollowListItem, followListItem, type RelationshipView } from './follows.view.js';

interface ListOf {
  /** Bound into the cursor, so that one list's cursor is refused by another. */
  name: string;
  owner: string;
  /** Which end of the follow is listed; the owner is the other one. */
  listed: 'follower' | 'following';
  status: FollowStatus;
}

interface ListedRow {
  userId: string;
  version: string;
  createdAt: Date;
}

/** Lists of people: newest first, by the version of the follow, which no service's clock can disorder. */
@Injectable()
export class FollowListsService {
  constructor(
    @InjectRepository(Follow) private readonly follows: Repository<Follow>,
    private readonly users: UserCache,
    private readonly cursors: Cursors,
  ) {}

  async followers(viewer: string, owner: string, query: PageQuery): Promise<Page<FollowListItem>> {
    await this.mayList(viewer, owner);
    return this.list({ name: `followers:${owner}`, owner, listed: 'follower', status: 'ACTIVE' }, query);
  }

  async following(viewer: string, owner: string, query: PageQuery): Promise<Page<FollowListItem>> {
    await this.mayList(viewer, owner);
    return this.list({ name: `following:${owner}`, owner, listed: 'following', status: 'ACTIVE' }, query);
  }

  /** Those who have asked to follow the user and wait for an answer. */
  async requests(owner: string, query: PageQuery): Promise<Page<FollowListItem>> {
    return this.list({ name: `requests:${owner}`, owner, listed: 'follower', status: 'PENDING' }, query);
  }

  /** How the viewer stands to each of the users, in the order asked for. */
  async relationships(viewer: string, userIds: string[]): Promise<RelationshipView[]> {
    const rows: Array<{ userId: string; following: FollowStatus | null; followedBy: FollowStatus | null }> =
      await this.follows.query(
        `SELECT asked.id AS "userId", mine.status AS following, theirs.status AS "followedBy"
           FROM unnest($2::uuid[]) WITH ORDINALITY AS asked (id, position)
           LEFT JOIN follows mine ON mine.follower_id = $1 AND mine.following_id = asked.id
           LEFT JOIN follows theirs ON theirs.follower_id = asked.id AND theirs.following_id = $1
          ORDER BY asked.position`,
        [viewer, userIds],
      );
    return rows.map(({ userId, following, followedBy }) => ({
      userId,
      following: following ?? 'NONE',
      followedBy: followedBy ?? 'NONE',
    }));
  }

  /** A private account shows its lists to those it has accepted; one for friends only, until there are friends, to itself. */
  private async mayList(viewer: string, owner: string): Promise<void> {
    if (viewer === owner) return;
    const account = await this.users.find(owner, { wait: true });
    if (!account || account.deleted || account.accountStatus !== 'ACTIVE')
      throw new NotFound('USER_NOT_FOUND', 'There is no such user.');
    if (account.privacyLevel === 'PUBLIC') return;
    const accepted =
      account.privacyLevel === 'PRIVATE' &&
      (await this.follows.existsBy({ followerId: viewer, followingId: owner, status: 'ACTIVE' }));
    if (!accepted) throw new Forbidden('LIST_HIDDEN', 'This account does not show its lists to you.');
  }

  /** People whose account is gone are left out in the query itself, so that every page but the last is full. */
  private async list(of: ListOf, query: PageQuery): Promise<Page<FollowListItem>> {
    const [before] = this.cursors.decode(of.name, query.cursor) ?? [null];
    const owned = of.listed === 'follower' ? 'following' : 'follower';
    const rows: ListedRow[] = await this.follows.query(
      `SELECT f.${of.listed}_id AS "userId", f.version, f.created_at AS "createdAt"
         FROM follows f LEFT JOIN user_cache u ON u.id = f.${of.listed}_id
        WHERE f.${owned}_id = $1 AND f.status = $2 AND ($3::bigint IS NULL OR f.version < $3)
          AND (u.id IS NULL OR (NOT u.deleted AND u.account_status = 'ACTIVE'))
        ORDER BY f.version DESC LIMIT $4`,
      [of.owner, of.status, before, query.limit + 1],
    );
    const people = await this.users.findMany(rows.map((row) => row.userId));
    const { items, nextCursor } = page(rows, query.limit, (row) => this.cursors.encode(of.name, [row.version]));
    return { items: items.map((row) => followListItem(row.userId, people.get(row.userId), row.createdAt)), nextCursor };
  }
}
