import { randomUUID } from 'node:crypto';
import { fact, UserCreated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { alice, bob, carol, countsOf, factTypes, socialUnderTest } from './social-under-test.js';

let social: ServiceUnderTest;

beforeAll(async () => {
  social = await socialUnderTest({ carol: { privacyLevel: 'PRIVATE' } });
});
afterAll(() => social?.stop());
beforeEach(async () => {
  await social.query('DELETE FROM follows');
  await social.query('DELETE FROM outbox');
});

const follow = (as: string, id: string) => social.request('PUT', `/v1/follows/${id}`, { as });
const unfollow = (as: string, id: string) => social.request('DELETE', `/v1/follows/${id}`, { as });

describe('following', () => {
  it('makes one row, one fact and right counts', async () => {
    expect(await follow(bob.id, alice.id)).toMatchObject({ status: 200, body: { userId: alice.id, status: 'ACTIVE' } });
    expect(await social.facts()).toMatchObject([
      { type: 'follow.created', key: `${bob.id}:${alice.id}`, payload: { followerId: bob.id, followingId: alice.id } },
    ]);
    expect(await countsOf(social, alice.id)).toEqual([1, 0]);
    expect(await countsOf(social, bob.id)).toEqual([0, 1]);
  });

  it('changes nothing the second time and answers alike', async () => {
    const first = await follow(bob.id, alice.id);
    const second = await follow(bob.id, alice.id);
    expect({ status: second.status, body: second.body }).toEqual({ status: first.status, body: first.body });
    expect(await factTypes(social)).toEqual(['follow.created']);
    expect(await countsOf(social, alice.id)).toEqual([1, 0]);
  });

  it('takes an id in capitals for the same id', async () => {
    expect((await follow(bob.id, bob.id.toUpperCase())).body).toMatchObject({ code: 'FOLLOW_SELF' });
    await follow(bob.id, alice.id.toUpperCase());
    expect(await social.facts()).toMatchObject([
      { key: `${bob.id}:${alice.id}`, payload: { followerId: bob.id, followingId: alice.id } },
    ]);
  });

  it('makes one follow out of twenty at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => follow(bob.id, alice.id)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await factTypes(social)).toEqual(['follow.created']);
    expect(await countsOf(social, alice.id)).toEqual([1, 0]);
  });

  it('counts right when two people follow each other again and again at once', async () => {
    const both = [[alice.id, bob.id] as const, [bob.id, alice.id] as const];
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(both.flatMap(([from, to]) => [follow(from, to), unfollow(from, to)]));
      expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
    }
    await Promise.all(both.map(([from, to]) => follow(from, to)));
    expect(await countsOf(social, alice.id)).toEqual([1, 1]);
    expect(await countsOf(social, bob.id)).toEqual([1, 1]);
  });

  it('carries a higher version each time a follow begins and ends', async () => {
    await follow(bob.id, alice.id);
    await unfollow(bob.id, alice.id);
    await follow(bob.id, alice.id);
    const told = await social.query<{ type: string; version: string }>(
      'SELECT type, version FROM outbox ORDER BY version',
    );
    expect(told.map(({ type }) => type)).toEqual(['follow.created', 'follow.deleted', 'follow.created']);
    const [row] = await social.query<{ version: string }>('SELECT version FROM follows');
    expect(row?.version).toBe(told[2]?.version);
  });

  it('waits for somebody who has only just registered', async () => {
    const dora = { id: randomUUID(), username: 'dora', displayName: 'Dora' };
    const answer = follow(bob.id, dora.id);
    await social.publish(fact(UserCreated, userState(dora)), { version: 1 });
    expect((await answer).status).toBe(200);
  });

  it.each([
    ['oneself', () => follow(bob.id, bob.id), 422, 'FOLLOW_SELF'],
    ['somebody who does not exist', () => follow(bob.id, randomUUID()), 404, 'USER_NOT_FOUND'],
    ['something that is no id', () => follow(bob.id, 'not-an-id'), 400, undefined],
  ])('refuses to follow %s and writes nothing', async (_, ask, status, code) => {
    const answer = await ask();
    expect(answer).toMatchObject({ status, body: code ? { code } : { code: expect.any(String) } });
    expect(await factTypes(social)).toEqual([]);
    expect(await social.query('SELECT 1 FROM follows')).toEqual([]);
  });

  it('ends quietly when there is nothing to end', async () => {
    expect((await unfollow(bob.id, alice.id)).status).toBe(204);
    expect(await factTypes(social)).toEqual([]);
  });
});

describe('a private account', () => {
  const answer = (what: string, from: string) =>
    social.request('POST', `/v1/follows/requests/${from}/${what}`, { as: carol.id });

  it('is asked, and counts nobody until it accepts', async () => {
    expect(await follow(bob.id, carol.id)).toMatchObject({ status: 200, body: { status: 'PENDING' } });
    expect(await countsOf(social, carol.id)).toEqual([0, 0]);
    const { body } = await social.request<{ items: unknown[] }>('GET', '/v1/follows/requests', { as: carol.id });
    expect(body.items).toMatchObject([{ user: { id: bob.id, username: 'bob' } }]);
  });

  it('has a follower once it accepts, twice is the same', async () => {
    await follow(bob.id, carol.id);
    expect(await answer('accept', bob.id)).toMatchObject({ status: 200, body: { status: 'ACTIVE' } });
    expect((await answer('accept', bob.id)).status).toBe(200);
    expect(await countsOf(social, carol.id)).toEqual([1, 0]);
    expect(await factTypes(social)).toEqual(['follow.requested', 'follow.accepted']);
  });

  it('declines, and can be asked again', async () => {
    await follow(bob.id, carol.id);
    expect((await answer('decline', bob.id)).status).toBe(204);
    expect(await answer('decline', bob.id)).toMatchObject({ status: 404, body: { code: 'FOLLOW_REQUEST_NOT_FOUND' } });
    expect((await follow(bob.id, carol.id)).body).toMatchObject({ status: 'PENDING' });
  });

  it('shows its lists to those it has accepted, and its counts to all', async () => {
    const followers = (as: string) => social.request('GET', `/v1/social/${carol.id}/followers`, { as });
    await follow(bob.id, carol.id);
    expect(await followers(bob.id)).toMatchObject({ status: 403, body: { code: 'LIST_HIDDEN' } });
    await answer('accept', bob.id);
    expect((await followers(bob.id)).status).toBe(200);
    expect((await followers(alice.id)).status).toBe(403);
    expect((await social.request('GET', `/v1/social/${carol.id}/stats`, { as: alice.id })).status).toBe(200);
  });

  it('can throw a follower out', async () => {
    await follow(bob.id, carol.id);
    await answer('accept', bob.id);
    expect((await social.request('DELETE', `/v1/follows/followers/${bob.id}`, { as: carol.id })).status).toBe(204);
    expect(await countsOf(social, carol.id)).toEqual([0, 0]);
    expect(await factTypes(social)).toEqual(['follow.requested', 'follow.accepted', 'follow.deleted']);
  });
});
