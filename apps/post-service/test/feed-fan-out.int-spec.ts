import { BACKGROUND } from '@plaza/service-kit';
import { eventually } from '@plaza/testing';
import type { DataSource } from 'typeorm';
import { FeedUnderTest } from './feed-under-test.js';

let feeds: FeedUnderTest;
let known: string;
let unknown: string;
let readers: string[];

beforeAll(async () => {
  feeds = await FeedUnderTest.start(12, { limits: { inlineReaders: 3, batchReaders: 2 } });
  [known = '', unknown = '', ...readers] = feeds.people;
  for (const reader of readers) await feeds.follow(reader, known);
  await feeds.follow(readers[0] ?? '', unknown);
  await feeds.settle();
});
afterAll(() => feeds?.stop());

const jobs = async () => (await feeds.service.query<{ kind: string }>('SELECT kind FROM jobs')).map(({ kind }) => kind);
const timelinesWith = async (id: string) =>
  (await feeds.service.query('SELECT FROM timeline_entries JOIN posts p USING (position) WHERE p.id = $1', [id]))
    .length;

it('leaves the many readers of an author to a job, which begins at once', async () => {
  const id = await feeds.post(known);
  await feeds.settle();
  expect(await jobs()).toEqual(['feed.fan-out']);
  expect(await timelinesWith(id)).toBe(readers.length);
  await feeds.expectExact();
});

it('brings others’ posts meanwhile', async () => {
  const runner = feeds.service.running.app.get<DataSource>(BACKGROUND).createQueryRunner();
  await runner.startTransaction();
  // Whoever writes one of the next posts to the timeline of the last reader has to wait for this.
  await runner.query(
    `INSERT INTO timeline_entries (user_id, position, author_id)
     SELECT $1, last_value + n, $2 FROM outbox_id, generate_series(1, 10) AS n`,
    [readers.at(-1), known],
  );
  const late = await feeds.post(known);
  await eventually(async () => expect(await timelinesWith(late)).toBe(readers.length - 2));
  const meanwhile = await feeds.post(unknown);
  await eventually(async () => expect(await timelinesWith(meanwhile)).toBe(1));
  expect(await timelinesWith(late)).toBe(readers.length - 2);
  await runner.rollbackTransaction();
  await runner.release();
  await feeds.settle();
  expect(await timelinesWith(late)).toBe(readers.length);
  await feeds.expectExact();
});

it('takes a deleted post out of many timelines, and writes one no more that was deleted before its turn', async () => {
  const [kept, gone] = [await feeds.post(known), await feeds.post(known)];
  await feeds.service.request('DELETE', `/v1/posts/${gone}`, { as: known });
  await feeds.settle();
  expect([await timelinesWith(kept), await timelinesWith(gone)]).toEqual([readers.length, 0]);
  expect(await jobs()).toContain('feed.removal');
  await feeds.expectExact();
});

it('is exact for those who follow and unfollow while a post is on its way to many', async () => {
  for (let n = 0; n < 10; n++) {
    const reader = readers[n % 5] ?? '';
    await Promise.all([feeds.post(known), feeds.unfollow(reader, known)]);
    await Promise.all([feeds.post(known), feeds.follow(reader, known)]);
  }
  await feeds.settle();
  await feeds.expectExact();
});
