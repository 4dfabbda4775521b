import { randomUUID } from 'node:crypto';
import type { FollowState, PostState } from '@plaza/contracts';
import { type ReceivedFact, Replayer } from '@plaza/kafka';
import { BACKGROUND } from '@plaza/service-kit';
import { eventually, inParallel } from '@plaza/testing';
import type { DataSource, EntityManager } from 'typeorm';
import { FanOut } from '../src/feed/fan-out.js';
import { RelationsService } from '../src/relations/relations.service.js';
import { FeedUnderTest } from './feed-under-test.js';

const READERS = 40;
const AUTHORS = 25;

let feeds: FeedUnderTest;

beforeAll(async () => {
  feeds = await FeedUnderTest.start(READERS + AUTHORS);
});
afterAll(() => feeds?.stop());

/** Every reader with every author, so that each pair's facts come among those of many others. */
function pairs(): Array<[reader: string, author: string]> {
  const [readers, authors] = [feeds.people.slice(0, READERS), feeds.people.slice(READERS)];
  return readers.flatMap((reader) => authors.map((author): [string, string] => [reader, author]));
}

it('has a post in the feed exactly once when it is made at the instant of a follow, a thousand times', async () => {
  await inParallel(16, pairs(), async ([reader, author]) => {
    await Promise.all([feeds.follow(reader, author), feeds.post(author)]);
  });
  await feeds.settle();
  await feeds.expectExact();
  expect(await feeds.feedOf(feeds.people[0] ?? '', 100)).toHaveLength(READERS * AUTHORS);
}, 180_000);

it('has no post in the feed of who unfollows at the instant of a post, and of who unfollows and follows again', async () => {
  const some = pairs().slice(0, 200);
  await inParallel(16, some, async ([reader, author]) => {
    await Promise.all([feeds.unfollow(reader, author), feeds.post(author)]);
    if (author > (feeds.people[READERS + 12] ?? '')) await feeds.follow(reader, author);
  });
  await feeds.settle();
  await feeds.expectExact();
}, 120_000);

it('keeps feeds exact while posts are deleted and hidden at the instant of a follow', async () => {
  const some = pairs().slice(200, 400);
  await inParallel(16, some, async ([reader, author]) => {
    const id = await feeds.post(author);
    const path = `/v1/posts/${id}`;
    const body = { privacy: 'PRIVATE' };
    await Promise.all([
      feeds.befriend(reader, author),
      feeds.service.request('DELETE', path, { as: author }),
      feeds.service.request('PATCH', `/v1/posts/${await feeds.post(author)}`, { as: author, body }),
    ]);
  });
  await feeds.settle();
  await feeds.expectExact();
}, 120_000);

/** Keeps what a consumer does in an open transaction until another one waits for it. */
async function untilWaitedFor(work: (manager: EntityManager) => Promise<void>, other: () => Promise<unknown>) {
  const database = feeds.service.running.app.get<DataSource>(BACKGROUND);
  await database.transaction(async (manager) => {
    await work(manager);
    await other();
    await eventually(async () => {
      const waiting = await feeds.service.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      if (waiting.length === 0) throw new Error('nobody waits');
    });
  });
}

function received<T extends object>(fact: T, type: string): ReceivedFact<T> {
  return { fact, type, id: randomUUID(), key: '', version: feeds.next(), time: new Date(), snapshot: false };
}

it('writes a post to the timeline of a follower whose follow was not committed when it came', async () => {
  const [reader = '', author = ''] = feeds.people;
  const createdAt = new Date().toISOString();
  const follow = received<FollowState>(
    { followerId: reader, followingId: author, status: 'ACTIVE', createdAt },
    'follow.created',
  );
  await untilWaitedFor(
    (manager) => feeds.service.running.app.get(RelationsService).applyFollows(manager, [follow]),
    () => feeds.post(author),
  );
  await feeds.settle();
  await feeds.expectExact();
});

it('gives a new follower the post that was just being written to timelines', async () => {
  const [, reader = '', author = ''] = feeds.people;
  const id = await feeds.post(author);
  await feeds.settle();
  const post = received({ id, authorId: author } as PostState, 'post.created');
  await untilWaitedFor(
    (manager) => feeds.service.running.app.get(FanOut).apply(manager, [post]),
    () => feeds.follow(reader, author),
  );
  await feeds.settle();
  await feeds.expectExact();
});

it.each(['feed', 'relations'])(
  'changes nothing when its consumer %s reads everything again',
  async (consumer) => {
    const before = await feeds.written();
    expect(await feeds.service.running.app.get(Replayer).replay(consumer, 'beginning')).toBeGreaterThan(1_000);
    await feeds.settle();
    expect(await feeds.written()).toEqual(before);
  },
  120_000,
);
