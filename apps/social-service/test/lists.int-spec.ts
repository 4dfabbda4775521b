import { randomUUID } from 'node:crypto';
import { fact, UserCreated, UserDeleted, UserUpdated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { alice, bob, carol, socialUnderTest } from './social-under-test.js';

interface Listed {
  items: Array<{ user: { id: string; username: string; displayName: string } }>;
  nextCursor: string | null;
}

const FANS = Array.from({ length: 45 }, (_, index) => ({
  id: randomUUID(),
  username: `fan${index}`,
  displayName: `Fan ${index}`,
}));
let social: ServiceUnderTest;

beforeAll(async () => {
  social = await socialUnderTest();
  for (const fan of FANS) await social.publish(fact(UserCreated, userState(fan)), { version: 1 });
  await social.settle();
  for (const fan of FANS) await social.request('PUT', `/v1/follows/${alice.id}`, { as: fan.id });
});
afterAll(() => social?.stop());

const followers = (query = '', as = bob.id) =>
  social.request<Listed>('GET', `/v1/social/${alice.id}/followers${query}`, { as });

async function everyPage(limit: number, between: () => Promise<unknown> = async () => undefined): Promise<Listed[]> {
  const pages = [(await followers(`?limit=${limit}`)).body];
  for (let last = pages[0]; last?.nextCursor; last = pages.at(-1)) {
    await between();
    pages.push((await followers(`?limit=${limit}&cursor=${encodeURIComponent(last.nextCursor)}`)).body);
  }
  return pages;
}

it('gives everybody once over the pages, newest first, and only the last page is short', async () => {
  const pages = await everyPage(20);
  expect(pages.map(({ items }) => items.length)).toEqual([20, 20, 5]);
  const names = pages.flatMap(({ items }) => items.map(({ user }) => user.username));
  expect(names).toEqual(FANS.map(({ username }) => username).reverse());
});

it('stays in place while others follow', async () => {
  const pages = await everyPage(20, () => social.request('PUT', `/v1/follows/${alice.id}`, { as: carol.id }));
  await social.request('DELETE', `/v1/follows/${alice.id}`, { as: carol.id });
  expect(pages.flatMap(({ items }) => items)).toHaveLength(FANS.length);
});

it("shows a name as soon as user-service's fact is there", async () => {
  const [fan] = FANS;
  if (!fan) throw new Error('no fan');
  await social.publish(fact(UserUpdated, { ...userState(fan), displayName: 'Renamed' }), { version: 2 });
  await social.settle();
  const names = (await everyPage(100)).flatMap(({ items }) => items.map(({ user }) => user.displayName));
  expect(names).toContain('Renamed');
});

it('leaves out those whose account is gone, and fills the page with others', async () => {
  const gone = FANS.at(-1);
  if (!gone) throw new Error('no fan');
  await social.publish(fact(UserDeleted, { id: gone.id, deletedAt: new Date().toISOString() }), { version: 9 });
  await social.settle();
  const page = (await followers('?limit=20')).body;
  expect(page.items).toHaveLength(20);
  expect(page.items.map(({ user }) => user.id)).not.toContain(gone.id);
  expect((await social.request('PUT', `/v1/follows/${gone.id}`, { as: bob.id })).status).toBe(404);
});

it('says how one stands to each of a list of users, in their order', async () => {
  await social.request('PUT', `/v1/follows/${alice.id}`, { as: bob.id });
  const stranger = randomUUID();
  const { body } = await social.request('GET', `/v1/social/relationships?userIds=${stranger},${alice.id}`, {
    as: bob.id,
  });
  expect(body).toEqual({
    items: [
      { userId: stranger, following: 'NONE', followedBy: 'NONE' },
      { userId: alice.id, following: 'ACTIVE', followedBy: 'NONE' },
    ],
  });
});

it.each([
  ['a limit of 0', '?limit=0'],
  ['a limit of 101', '?limit=101'],
  ['a cursor that was made up', '?cursor=abc'],
])('refuses %s', async (_, query) => {
  expect(await followers(query)).toMatchObject({ status: 400, body: { code: expect.any(String) } });
});

it("refuses another list's cursor", async () => {
  const { nextCursor } = (await followers('?limit=5')).body;
  const answer = await social.request(
    'GET',
    `/v1/social/${alice.id}/following?cursor=${encodeURIComponent(nextCursor ?? '')}`,
    { as: bob.id },
  );
  expect(answer).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
});
