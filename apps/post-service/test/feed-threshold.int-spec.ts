import { inParallel } from '@plaza/testing';
import { FeedUnderTest } from './feed-under-test.js';

const THRESHOLD = 3;

let feeds: FeedUnderTest;
let author: string;
let other: string;
let readers: string[];

beforeAll(async () => {
  // Two readers a step, so that going over takes several.
  const limits = { batchReaders: 2, backfillReaders: 2 };
  feeds = await FeedUnderTest.start(10, { env: { PLAZA_FEED_THRESHOLD: String(THRESHOLD) }, limits });
  [author = '', other = '', ...readers] = feeds.people;
});
afterAll(() => feeds?.stop());
beforeEach(async () => {
  await feeds.service.query('TRUNCATE posts, relations, authors, timeline_entries, timelines CASCADE');
});

async function mode(): Promise<object | undefined> {
  const [row] = await feeds.service.query('SELECT fans_out, merges FROM authors WHERE author_id = $1', [author]);
  return row;
}

async function turn(change: 'follow' | 'unfollow', some: string[]): Promise<void> {
  for (const reader of some) await feeds[change](reader, author);
  await feeds.settle();
}

const entries = () => feeds.service.query('SELECT FROM timeline_entries WHERE author_id = $1', [author]);

it('looks the posts of an author up once there are too many readers, and writes them again once there are few', async () => {
  await turn('follow', readers.slice(0, 3));
  expect(await mode()).toEqual({ fans_out: true, merges: false });
  await feeds.post(author);
  await feeds.settle();
  await feeds.expectExact();

  await turn('follow', readers.slice(3, 6));
  expect(await mode()).toEqual({ fans_out: false, merges: true });
  const written = (await entries()).length;
  await feeds.post(author);
  await feeds.settle();
  expect(await entries()).toHaveLength(written);
  await feeds.expectExact();

  // Not as soon as there is one fewer than too many.
  await turn('unfollow', readers.slice(3, 6));
  expect(await mode()).toEqual({ fans_out: false, merges: true });
  await feeds.expectExact();
  await turn('unfollow', readers.slice(2, 3));
  expect(await mode()).toEqual({ fans_out: true, merges: false });
  expect(await entries()).toHaveLength(2 * 2);
  await feeds.post(author);
  await feeds.settle();
  await feeds.expectExact();
});

it('mixes merged authors with others in one order, deletes and page ends included', async () => {
  await turn('follow', readers);
  await feeds.follow(readers[0] ?? '', other);
  await feeds.settle();
  const ids: string[] = [];
  for (let n = 0; n < 30; n++) ids.unshift(await feeds.post(n % 3 === 0 ? other : author));
  for (const [index, by] of [
    [4, author],
    [5, other],
  ] as const) {
    const [row] = await feeds.service.query<{ id: string }>(
      'SELECT id FROM posts WHERE author_id = $1 ORDER BY position DESC OFFSET $2 LIMIT 1',
      [by, index],
    );
    await feeds.service.request('DELETE', `/v1/posts/${row?.id}`, { as: by });
    ids.splice(ids.indexOf(row?.id ?? ''), 1);
  }
  await feeds.settle();
  await feeds.expectExact();
  for (const limit of [1, 5, 28, 100]) expect(await feeds.feedOf(readers[0] ?? '', limit)).toEqual(ids);
});

it('keeps every feed exact while posts, follows and unfollows go on around the threshold', async () => {
  for (const round of [1, 2, 3, 4]) {
    const turns = readers.flatMap((reader, n) => [
      { reader, follows: (n + round) % 2 === 0 },
      { reader, follows: n < 2 * round },
    ]);
    await Promise.all([
      inParallel(1, turns, async ({ reader, follows }) => {
        await (follows ? feeds.follow(reader, author) : feeds.unfollow(reader, author));
      }),
      inParallel(2, Array.from({ length: 20 }), async () => {
        await feeds.post(author);
        await feeds.post(other);
      }),
    ]);
    await feeds.settle();
    await feeds.expectExact();
  }
}, 120_000);

it('is over and over on either side at once, and ends where it should', async () => {
  const [one = '', ...rest] = readers;
  for (let n = 0; n < 12; n++) {
    for (const reader of rest) await feeds[n % 2 === 0 ? 'follow' : 'unfollow'](reader, author);
    await feeds.post(author);
  }
  await feeds.follow(one, author);
  await feeds.settle();
  expect(await mode()).toEqual({ fans_out: true, merges: false });
  await feeds.expectExact();
}, 120_000);
