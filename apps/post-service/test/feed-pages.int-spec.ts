import { FeedUnderTest } from './feed-under-test.js';

const LIMITS = { kept: 30, keptAtMost: 40 };

let feeds: FeedUnderTest;
let reader: string;
let alice: string;
let bob: string;
let other: string;

beforeAll(async () => {
  feeds = await FeedUnderTest.start(4, { limits: LIMITS });
  [reader = '', alice = '', bob = '', other = ''] = feeds.people;
});
afterAll(() => feeds?.stop());
beforeEach(async () => {
  await feeds.service.query('TRUNCATE posts, relations, authors, timeline_entries, timelines CASCADE');
  await feeds.follow(reader, alice);
  await feeds.follow(reader, bob);
  await feeds.settle();
});
afterEach(() => feeds.expectExact());

const entries = async () => Number((await feeds.service.query('SELECT count(*) FROM timeline_entries'))[0]?.count);
const floors = () => feeds.service.query('SELECT user_id FROM timelines');

async function postInTurn(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.unshift(await feeds.post(n % 2 === 0 ? alice : bob));
  await feeds.settle();
  return ids;
}

it('gives pages that join without gap or double while new posts arrive', async () => {
  const ids = await postInTurn(12);
  const first = await feeds.page(reader, '?limit=5');
  await postInTurn(3);
  const second = await feeds.page(reader, `?limit=5&cursor=${first.nextCursor}`);
  await postInTurn(3);
  const third = await feeds.page(reader, `?limit=5&cursor=${second.nextCursor}`);
  const read = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id));
  expect(read).toEqual(ids);
  expect(third.nextCursor).toBeNull();
});

it('fills every page but the last, however many of its posts are not shown', async () => {
  await postInTurn(40);
  await feeds.service.query(`UPDATE posts SET privacy = 'PRIVATE' WHERE author_id = $1`, [alice]);
  const first = await feeds.page(reader, '?limit=3');
  expect(first.items).toHaveLength(3);
  expect(await feeds.feedOf(reader, 3)).toHaveLength(20);
});

it('goes on below what a timeline keeps', async () => {
  await postInTurn(LIMITS.keptAtMost);
  expect([await entries(), await floors()]).toEqual([LIMITS.keptAtMost, []]);
  await postInTurn(2);
  await feeds.trim();
  expect([await entries(), await floors()]).toEqual([LIMITS.kept, [{ user_id: reader }]]);
  expect(await feeds.feedOf(reader, 7)).toHaveLength(LIMITS.keptAtMost + 2);
});

it('fills a timeline with no more than it keeps, and shows all that its authors have posted', async () => {
  await feeds.oldPosts(other, 100);
  await feeds.follow(reader, other);
  await feeds.settle();
  expect([await entries(), await floors()]).toEqual([LIMITS.kept, [{ user_id: reader }]]);
  await postInTurn(5);
  expect(await feeds.feedOf(reader)).toHaveLength(105);
});

it('shows what was posted below the floor before to who follows now', async () => {
  await feeds.oldPosts(other, 10);
  await postInTurn(LIMITS.keptAtMost + 1);
  await feeds.trim();
  await feeds.follow(reader, other);
  await feeds.settle();
  expect(await feeds.feedOf(reader)).toHaveLength(LIMITS.keptAtMost + 11);
});

it('shows once what is made public below the floor', async () => {
  const hidden = await feeds.post(alice, 'PRIVATE');
  await postInTurn(LIMITS.keptAtMost + 1);
  await feeds.trim();
  await feeds.service.request('PATCH', `/v1/posts/${hidden}`, { as: alice, body: { privacy: 'PUBLIC' } });
  await feeds.settle();
  expect((await feeds.feedOf(reader)).at(-1)).toBe(hidden);
  expect(await entries()).toBe(LIMITS.kept);
});

it('reads from the timeline alone where that fills the page', async () => {
  const ids = await postInTurn(6);
  // What the timeline does not have is not looked for: so this shows where the page comes from.
  await feeds.service.query(
    'DELETE FROM timeline_entries WHERE position = (SELECT position FROM posts WHERE id = $1)',
    [ids[2]],
  );
  const { items } = await feeds.page(reader, '?limit=4');
  expect(items.map(({ id }) => id)).toEqual([ids[0], ids[1], ids[3], ids[4]]);
  await feeds.service.query('INSERT INTO timeline_entries SELECT $1, position, author_id FROM posts WHERE id = $2', [
    reader,
    ids[2],
  ]);
});

it.each(['limit=0', 'limit=101', 'limit=x', 'limit=', 'cursor=x'])('refuses ?%s', async (query) => {
  const { status } = await feeds.service.request('GET', `/v1/feed?${query}`, { as: reader });
  expect(status).toBe(400);
});

it('takes a limit of 1 and of 100', async () => {
  await postInTurn(2);
  expect((await feeds.page(reader, '?limit=1')).items).toHaveLength(1);
  expect((await feeds.page(reader, '?limit=100')).items).toHaveLength(2);
});

it('refuses the cursor of another list, and of another reader’s feed', async () => {
  await postInTurn(4);
  await feeds.follow(other, alice);
  await feeds.settle();
  const { nextCursor } = await feeds.page(reader, '?limit=1');
  const foreign = await feeds.service.request<{ nextCursor: string }>('GET', `/v1/posts?authorId=${alice}&limit=1`, {
    as: reader,
  });
  expect(foreign.body.nextCursor).toEqual(expect.any(String));
  for (const [as, cursor] of [
    [other, nextCursor],
    [reader, foreign.body.nextCursor],
  ] as const) {
    const answer = await feeds.service.request('GET', `/v1/feed?cursor=${cursor}`, { as });
    expect(answer).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
  }
});

it('is empty for one who follows nobody', async () => {
  expect(await feeds.page(other)).toEqual({ items: [], nextCursor: null });
});
