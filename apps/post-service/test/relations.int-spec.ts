import { randomUUID } from 'node:crypto';
import {
  BlockCreated,
  BlockDeleted,
  FollowAccepted,
  FollowCreated,
  FollowDeleted,
  FollowRequested,
  FriendshipAccepted,
  FriendshipDeleted,
  FriendshipRequested,
  fact,
  MuteCreated,
  MuteDeleted,
} from '@plaza/contracts';
import { FeedUnderTest } from './feed-under-test.js';

/** One user and the other. */
type Pair = [one: string, other: string];

interface Kind {
  /** That it begins, or is asked for. */
  created(pair: Pair): object;
  /** What comes after that, and what the rows say then. */
  updated(pair: Pair): object;
  deleted(pair: Pair): object;
  table: string;
  first: string;
  second: string;
  columns: string;
  afterCreated: object[];
  afterUpdated: object[];
  afterDeleted: object[];
}

const createdAt = '2026-11-25T12:00:00.000Z';

const following = ([followerId, followingId]: Pair) => ({ followerId, followingId, createdAt });
const friendship = ([requesterId, addresseeId]: Pair) => ({ requesterId, addresseeId, createdAt });
const blocking = ([blockerId, blockedId]: Pair) => ({ blockerId, blockedId, createdAt });
const muting = ([muterId, mutedId]: Pair) => ({ muterId, mutedId });

const KINDS: Record<string, Kind> = {
  follow: {
    created: (pair) => fact(FollowRequested, { ...following(pair), status: 'PENDING' }),
    updated: (pair) => fact(FollowAccepted, { ...following(pair), status: 'ACTIVE' }),
    deleted: (pair) => fact(FollowDeleted, { ...following(pair), status: 'NONE' }),
    table: 'relations',
    first: 'reader_id',
    second: 'author_id',
    columns: 'follow_status, feeds',
    afterCreated: [{ follow_status: 'PENDING', feeds: false }],
    afterUpdated: [{ follow_status: 'ACTIVE', feeds: true }],
    afterDeleted: [{ follow_status: 'NONE', feeds: false }],
  },
  'follow of a public account': {
    created: (pair) => fact(FollowCreated, { ...following(pair), status: 'ACTIVE' }),
    updated: (pair) => fact(FollowCreated, { ...following(pair), status: 'ACTIVE' }),
    deleted: (pair) => fact(FollowDeleted, { ...following(pair), status: 'NONE' }),
    table: 'relations',
    first: 'reader_id',
    second: 'author_id',
    columns: 'follow_status',
    afterCreated: [{ follow_status: 'ACTIVE' }],
    afterUpdated: [{ follow_status: 'ACTIVE' }],
    afterDeleted: [{ follow_status: 'NONE' }],
  },
  friendship: {
    created: (pair) => fact(FriendshipRequested, { ...friendship(pair), status: 'PENDING' }),
    updated: (pair) => fact(FriendshipAccepted, { ...friendship(pair), status: 'ACCEPTED' }),
    deleted: (pair) => fact(FriendshipDeleted, { ...friendship(pair), status: 'NONE' }),
    table: 'relations',
    first: 'least(reader_id, author_id)',
    second: 'greatest(reader_id, author_id)',
    columns: 'friends, feeds',
    afterCreated: Array(2).fill({ friends: false, feeds: false }),
    afterUpdated: Array(2).fill({ friends: true, feeds: true }),
    afterDeleted: Array(2).fill({ friends: false, feeds: false }),
  },
  block: {
    created: (pair) => fact(BlockCreated, blocking(pair)),
    updated: (pair) => fact(BlockCreated, blocking(pair)),
    deleted: (pair) => fact(BlockDeleted, blocking(pair)),
    table: 'blocks',
    first: 'blocker_id',
    second: 'blocked_id',
    columns: 'deleted',
    afterCreated: [{ deleted: false }],
    afterUpdated: [{ deleted: false }],
    afterDeleted: [{ deleted: true }],
  },
  mute: {
    created: (pair) =>
      fact(MuteCreated, { ...muting(pair), posts: true, notifications: false, until: null, createdAt }),
    updated: (pair) =>
      fact(MuteCreated, { ...muting(pair), posts: false, notifications: true, until: createdAt, createdAt }),
    deleted: (pair) => fact(MuteDeleted, muting(pair)),
    table: 'mutes',
    first: 'muter_id',
    second: 'muted_id',
    columns: 'posts, until, deleted',
    afterCreated: [{ posts: true, until: null, deleted: false }],
    afterUpdated: [{ posts: false, until: new Date(createdAt), deleted: false }],
    afterDeleted: [{ posts: false, until: null, deleted: true }],
  },
};

let feeds: FeedUnderTest;

beforeAll(async () => {
  feeds = await FeedUnderTest.start(0);
});
afterAll(() => feeds?.stop());

function publish(told: object, version: number, id: string = randomUUID()): Promise<void> {
  return feeds.service.publish(told, { version, id });
}

/** Two who have nothing to do with each other yet, the lesser id first. */
function strangers(): Pair {
  const [one = '', other = ''] = [randomUUID(), randomUUID()].sort();
  return [one, other];
}

describe.each(Object.entries(KINDS))('the facts of a %s', (_, kind) => {
  const rows = ([one, other]: Pair, columns = kind.columns) =>
    feeds.service.query(`SELECT ${columns} FROM ${kind.table} WHERE ${kind.first} = $1 AND ${kind.second} = $2`, [
      one,
      other,
    ]);

  it('are applied', async () => {
    const pair = strangers();
    await publish(kind.created(pair), 1);
    await feeds.settle();
    expect(await rows(pair)).toEqual(kind.afterCreated);
    await publish(kind.updated(pair), 2);
    await feeds.settle();
    expect(await rows(pair)).toEqual(kind.afterUpdated);
    await publish(kind.deleted(pair), 3);
    await feeds.settle();
    expect(await rows(pair)).toEqual(kind.afterDeleted);
  });

  it('change nothing the second time', async () => {
    const pair = strangers();
    const id = randomUUID();
    await publish(kind.updated(pair), 1, id);
    await feeds.settle();
    const once = await rows(pair, '*');
    await publish(kind.updated(pair), 1, id);
    await publish(kind.updated(pair), 1);
    await feeds.settle();
    expect(await rows(pair, '*')).toEqual(once);
  });

  it('change nothing when they are older than what is known', async () => {
    const pair = strangers();
    await publish(kind.updated(pair), 5);
    await feeds.settle();
    await publish(kind.deleted(pair), 4);
    await publish(kind.created(pair), 3);
    await feeds.settle();
    expect(await rows(pair)).toEqual(kind.afterUpdated);
  });

  it('end right where what came later arrives first', async () => {
    const pair = strangers();
    await publish(kind.updated(pair), 2);
    await publish(kind.created(pair), 1);
    await feeds.settle();
    expect(await rows(pair)).toEqual(kind.afterUpdated);
  });

  it.each(['together', 'one by one'])('end right in every order, %s', async (how) => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ].map((order) => ({ order, pair: strangers() }));
    for (const turn of [0, 1, 2]) {
      for (const { order, pair } of orders) {
        const nth = order[turn] ?? 0;
        const told = [kind.created(pair), kind.deleted(pair), kind.updated(pair)][nth] ?? {};
        await publish(told, nth + 1);
      }
      if (how === 'one by one') await feeds.settle();
    }
    await feeds.settle();
    for (const { pair } of orders) expect(await rows(pair)).toEqual(kind.afterUpdated);
  });
});

it('keeps a follow and a friendship of the same two apart', async () => {
  const [one, other] = strangers();
  await feeds.follow(one, other);
  await feeds.befriend(other, one);
  await feeds.settle();
  await feeds.unfollow(one, other);
  await feeds.settle();
  expect(
    await feeds.service.query('SELECT follow_status, friends, feeds FROM relations WHERE reader_id = $1', [one]),
  ).toEqual([{ follow_status: 'NONE', friends: true, feeds: true }]);
});

it('counts the readers of each author', async () => {
  expect(
    await feeds.service.query(
      `SELECT author_id FROM authors a
        WHERE readers_count <> (SELECT count(*) FROM relations r WHERE r.author_id = a.author_id AND r.feeds)`,
    ),
  ).toEqual([]);
});
