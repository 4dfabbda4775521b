import {
  FollowAccepted,
  FollowCreated,
  FollowDeleted,
  FollowRequested,
  FriendshipAccepted,
  FriendshipDeleted,
  fact,
  UserCreated,
} from '@plaza/contracts';
import { eventually, userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { FeedLimits } from '../src/feed/feed-limits.js';
import { TimelineTrim } from '../src/feed/timeline-trim.js';
import { postService } from '../src/index.js';

interface FeedPage {
  items: Array<{ id: string }>;
  nextCursor: string | null;
}

const at = '2026-11-25T12:00:00.000Z';

/** post-service with people, who follow and befriend one another by facts. */
export class FeedUnderTest {
  private version = 1;

  private constructor(
    readonly service: ServiceUnderTest,
    readonly people: string[],
  ) {}

  static async start(people: number, o: { env?: NodeJS.ProcessEnv; limits?: Partial<FeedLimits> } = {}) {
    const service = await ServiceUnderTest.start(postService, o.env);
    Object.assign(service.running.app.get(FeedLimits), o.limits);
    const feeds = new FeedUnderTest(
      service,
      Array.from({ length: people }, (_, n) => personId(n)),
    );
    const newcomers = feeds.people.map((id, n) =>
      userState({ id, username: `person${n}`, displayName: `Person ${n}` }),
    );
    await Promise.all(newcomers.map((person) => service.publish(fact(UserCreated, person), { version: 1 })));
    await service.settle();
    return feeds;
  }

  /** The next version of a fact: each is newer than those before. */
  next(): number {
    return this.version++;
  }

  follow(followerId: string, followingId: string): Promise<void> {
    return this.tell(fact(FollowCreated, { followerId, followingId, status: 'ACTIVE', createdAt: at }));
  }

  requestFollow(followerId: string, followingId: string): Promise<void> {
    return this.tell(fact(FollowRequested, { followerId, followingId, status: 'PENDING', createdAt: at }));
  }

  acceptFollow(followerId: string, followingId: string): Promise<void> {
    return this.tell(fact(FollowAccepted, { followerId, followingId, status: 'ACTIVE', createdAt: at }));
  }

  unfollow(followerId: string, followingId: string): Promise<void> {
    return this.tell(fact(FollowDeleted, { followerId, followingId, status: 'NONE', createdAt: at }));
  }

  befriend(requesterId: string, addresseeId: string): Promise<void> {
    return this.tell(fact(FriendshipAccepted, { requesterId, addresseeId, status: 'ACCEPTED', createdAt: at }));
  }

  unfriend(requesterId: string, addresseeId: string): Promise<void> {
    return this.tell(fact(FriendshipDeleted, { requesterId, addresseeId, status: 'NONE', createdAt: at }));
  }

  tell(told: object): Promise<void> {
    return this.service.publish(told, { version: this.next() });
  }

  /** Makes a post; gives its id. */
  async post(as: string, privacy: 'PUBLIC' | 'FRIENDS' | 'PRIVATE' = 'PUBLIC'): Promise<string> {
    const body = { content: 'What I have to say', privacy };
    const answer = await this.service.request<{ id: string }>('POST', '/v1/posts', { as, body });
    if (answer.status !== 201) throw new Error(`POST /v1/posts: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.id;
  }

  /** Posts of one author that were there before the service: rows without facts, made at once. */
  async oldPosts(author: string, count: number): Promise<void> {
    await this.service.query(
      `INSERT INTO posts (id, position, author_id, type, content, privacy)
       SELECT gen_random_uuid(), nextval('outbox_id'), $1, 'TEXT', 'Old post', 'PUBLIC' FROM generate_series(1, $2)`,
      [author, count],
    );
  }

  /** What the scheduled job does. */
  trim(): Promise<void> {
    return this.service.running.app.get(TimelineTrim).run(new AbortController().signal);
  }

  /** One page as the reader gets it. */
  async page(as: string, query = ''): Promise<FeedPage> {
    const answer = await this.service.request<FeedPage>('GET', `/v1/feed${query}`, { as });
    if (answer.status !== 200) throw new Error(`GET /v1/feed: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Ids of the whole feed as the reader gets it, from page to page. */
  async feedOf(as: string, limit = 20): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: FeedPage = await this.page(as, `?limit=${limit}${cursor && `&cursor=${cursor}`}`);
      if (page.nextCursor !== null && page.items.length !== limit) throw new Error('A page before the last is short');
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    return ids;
  }

  /** The feed as it should be, from who stands how to whom and the posts. */
  async expectedFeed(reader: string): Promise<string[]> {
    const rows = await this.service.query<{ id: string }>(EXPECTED_FEED, [reader]);
    return rows.map(({ id }) => id);
  }

  /** Waits until every fact has been applied and every job of the feeds is done. */
  async settle(): Promise<void> {
    await this.service.settle();
    await eventually(() => this.expectNoJobs(), { withinMs: 30_000 });
  }

  /**
   * Expects of every reader that the feed is as it should be, and of the timelines that they have what the feed would not
   * have to look for: every post, above the floor, of every author who is not merged; nothing of those who are not read.
   */
  async expectExact(): Promise<void> {
    const feeds = await Promise.all(this.people.map((reader) => this.feedOf(reader, 7)));
    const expected = await Promise.all(this.people.map((reader) => this.expectedFeed(reader)));
    expect(feeds).toEqual(expected);
    expect(await this.service.query(MISSING)).toEqual([]);
    expect(await this.service.query(UNWANTED)).toEqual([]);
    expect(await this.service.query(UNCOVERED)).toEqual([]);
    expect(await this.service.query(MISCOUNTED)).toEqual([]);
  }

  /** Everything that the consumers have written. */
  async written(): Promise<object> {
    const { service } = this;
    return {
      relations: await service.query('SELECT * FROM relations ORDER BY reader_id, author_id'),
      authors: await service.query('SELECT * FROM authors ORDER BY author_id'),
      entries: await service.query('SELECT * FROM timeline_entries ORDER BY user_id, position'),
      floors: await service.query('SELECT * FROM timelines ORDER BY user_id'),
    };
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  private async expectNoJobs(): Promise<void> {
    const rows = await this.service.query(
      `SELECT kind, last_error FROM jobs WHERE kind LIKE 'feed.%' AND status <> 'DONE'`,
    );
    if (rows.length > 0) throw new Error(`jobs are not done: ${JSON.stringify(rows)}`);
  }
}

/** In the order of their numbers, which is not that of anything else. */
function personId(n: number): string {
  return `01930000-0000-7000-8000-${String(n + 1).padStart(12, '0')}`;
}

const EXPECTED_FEED = `
  WITH followed AS (SELECT author_id AS id FROM relations WHERE reader_id = $1 AND follow_status = 'ACTIVE'),
       friend AS (SELECT author_id AS id FROM relations WHERE reader_id = $1 AND friends),
       hidden AS (
         SELECT blocked_id AS id FROM blocks WHERE blocker_id = $1 AND NOT deleted
         UNION SELECT blocker_id FROM blocks WHERE blocked_id = $1 AND NOT deleted
         UNION SELECT muted_id FROM mutes WHERE muter_id = $1 AND posts AND NOT deleted AND coalesce(until, 'infinity') > now()),
       account AS (SELECT id, privacy_level FROM user_cache WHERE NOT deleted AND account_status = 'ACTIVE'),
       open_account AS (
         SELECT id FROM account WHERE privacy_level = 'PUBLIC'
         UNION SELECT id FROM account WHERE privacy_level = 'FRIENDS' AND id IN (TABLE friend)
         UNION SELECT id FROM account WHERE privacy_level = 'PRIVATE' AND id IN (TABLE followed)),
       author AS ((TABLE followed UNION TABLE friend) INTERSECT TABLE open_account EXCEPT TABLE hidden)
  SELECT id FROM posts
   WHERE deleted_at IS NULL
     AND (privacy = 'PUBLIC' AND author_id IN (TABLE author)
       OR privacy = 'FRIENDS' AND author_id IN (TABLE author INTERSECT TABLE friend))
   ORDER BY position DESC`;

const MISSING = `
  SELECT r.reader_id, p.author_id, p.position
    FROM relations r JOIN posts p ON p.author_id = r.author_id AND p.deleted_at IS NULL AND p.privacy <> 'PRIVATE'
    LEFT JOIN timelines t ON t.user_id = r.reader_id
   WHERE (r.follow_status = 'ACTIVE' OR r.friends) AND NOT r.merged AND p.position > coalesce(t.floor_position, 0)
  EXCEPT SELECT user_id, author_id, position FROM timeline_entries`;

const UNWANTED = `
  SELECT e.* FROM timeline_entries e LEFT JOIN relations r ON r.reader_id = e.user_id AND r.author_id = e.author_id
   WHERE (r.follow_status = 'ACTIVE' OR r.friends) IS NOT TRUE`;

/** Of whom posts are neither written nor looked up. */
const UNCOVERED = `
  SELECT r.reader_id, r.author_id FROM relations r LEFT JOIN authors a ON a.author_id = r.author_id
   WHERE (r.follow_status = 'ACTIVE' OR r.friends) AND NOT r.merged AND a.fans_out IS NOT TRUE`;

const MISCOUNTED = `
  SELECT author_id, count(*) FROM relations WHERE follow_status = 'ACTIVE' OR friends GROUP BY author_id
  EXCEPT SELECT author_id, readers_count FROM authors`;
