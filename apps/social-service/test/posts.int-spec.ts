import { randomUUID } from 'node:crypto';
import { fact, PostCreated, PostDeleted, PostUpdated } from '@plaza/contracts';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { alice, bob, socialUnderTest } from './social-under-test.js';

type Step = Parameters<ServiceUnderTest['publish']>;

let social: ServiceUnderTest;

beforeAll(async () => {
  social = await socialUnderTest();
});
afterAll(() => social?.stop());
beforeEach(() => social.query('DELETE FROM user_social_stats'));

const createdAt = '2026-11-25T12:00:00.000Z';
const state = (id: string, authorId: string) => ({
  id,
  authorId,
  type: 'TEXT' as const,
  content: 'Hello',
  privacy: 'PUBLIC' as const,
  linkUrl: null,
  sharedPostId: null,
  sharedPostAuthorId: null,
  hashtags: [],
  createdAt,
  editedAt: null,
});
const created = (id: string, version: number, authorId: string = alice.id): Step => [
  fact(PostCreated, state(id, authorId)),
  { version, id: randomUUID() },
];
const updated = (id: string, version: number): Step => [
  fact(PostUpdated, { ...state(id, alice.id), content: 'Good evening', editedAt: createdAt }),
  { version, id: randomUUID() },
];
const deleted = (id: string, version: number): Step => [
  fact(PostDeleted, { id, authorId: alice.id, sharedPostId: null, deletedAt: createdAt }),
  { version, id: randomUUID() },
];

async function publish(...steps: Step[]): Promise<void> {
  for (const step of steps) await social.publish(...step);
  await social.settle();
}

async function postsOf({ id }: { id: string }): Promise<number> {
  const { body } = await social.request<{ postsCount: number }>('GET', `/v1/social/${id}/stats`, { as: bob.id });
  return body.postsCount;
}

it('counts posts that are made, and no longer those that are deleted', async () => {
  const [first, second] = [randomUUID(), randomUUID()];
  await publish(created(first, 1), created(second, 2), created(randomUUID(), 3, bob.id));
  expect([await postsOf(alice), await postsOf(bob)]).toEqual([2, 1]);
  await publish(deleted(first, 4));
  expect([await postsOf(alice), await postsOf(bob)]).toEqual([1, 1]);
});

it('counts a post once, and its deletion once, whatever comes again', async () => {
  const post = randomUUID();
  const [making, deleting] = [created(post, 1), deleted(post, 2)];
  await publish(created(randomUUID(), 1), making, making);
  await publish(making, deleting, deleting);
  await publish(deleting, making);
  expect(await postsOf(alice)).toBe(1);
});

it('does not count a post for good that comes behind its deletion', async () => {
  const post = randomUUID();
  await publish(deleted(post, 2));
  expect(await postsOf(alice)).toBe(0);
  await publish(created(post, 1));
  expect(await postsOf(alice)).toBe(0);
  await publish(created(randomUUID(), 3));
  expect(await postsOf(alice)).toBe(1);
});

it('counts nothing for an edit, not even for one that comes before its post', async () => {
  const post = randomUUID();
  await publish(updated(post, 2));
  expect(await postsOf(alice)).toBe(0);
  await publish(created(post, 1), updated(post, 3));
  expect(await postsOf(alice)).toBe(1);
});

it('ends right when posts are made, deleted and made again, in every order', async () => {
  for (const order of orders([0, 1, 2])) {
    await social.query('DELETE FROM user_social_stats');
    const [gone, stays] = [randomUUID(), randomUUID()];
    const steps = [created(gone, 1), deleted(gone, 2), created(stays, 3)];
    await publish(...order.flatMap((index) => steps.slice(index, index + 1)));
    expect(await postsOf(alice)).toBe(1);
  }
});

it('leaves the counts of follows as they are', async () => {
  await social.request('PUT', `/v1/follows/${alice.id}`, { as: bob.id });
  await publish(created(randomUUID(), 1));
  const { body } = await social.request('GET', `/v1/social/${alice.id}/stats`, { as: bob.id });
  expect(body).toEqual({ followersCount: 1, followingCount: 0, friendsCount: 0, postsCount: 1 });
});

/** All orders of the items. */
function orders<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
