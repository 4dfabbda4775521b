import { Replayer } from '@plaza/kafka';
import { inParallel } from '@plaza/testing';
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
