import { Actor, type Answer, eventually, settle, testServers } from '@plaza/testing';
import { rows, wrongCopies, wrongCounts } from '../src/checker.js';
import { everythingIn } from '../src/contents.js';
import { NO_RATES, type Platform, startPlatform, type Topology } from '../src/platform.js';
import type { ServiceDatabase } from '../src/services.js';
import { personNamed } from '../src/workload.js';

const TOPOLOGIES: Topology[] = ['all-in-one', 'services'];
const MANY = 20;
const ROUNDS = 30;
/** A revocation is to be everywhere within 1 s; five times that is the deadline of a test. */
const REVOKED_WITHIN = { withinMs: 5_000 };

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

describe.each(TOPOLOGIES)('the same thing twice, or by many at once (%s)', (topology) => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await startPlatform(topology, testServers(), NO_RATES);
  }, 180_000);
  afterAll(() => platform?.stop());

  const settled = () => settle({ prefix: platform.prefix, databases: Object.values(platform.databases) });
  const post = <T = Record<string, unknown>>(path: string, body: object) =>
    platform.client.request<T>('POST', path, { body });
  const many = <T>(ask: (index: number) => Promise<T>) => Promise.all(Array.from({ length: MANY }, (_, i) => ask(i)));
  const statusesOf = (answers: Answer<unknown>[]) => answers.map(({ status }) => status).sort();
  const count = async (database: ServiceDatabase, from: string) =>
    (await rows<{ count: number }>(platform, database, `SELECT count(*)::int FROM ${from}`))[0]?.count;

  describe('a refresh token', () => {
    const refresh = (refreshToken: string) => post<Tokens>('/v1/auth/refresh', { refreshToken });
    const sessionsOf = (actor: Actor) =>
      rows<{ ended: string | null; facts: number }>(
        platform,
        'user_service',
        `SELECT s.revoked_reason AS ended,
                (SELECT count(*)::int FROM outbox WHERE type = 'session.revoked' AND key = s.id::text) AS facts
           FROM user_sessions s WHERE user_id = '${actor.id}' ORDER BY created_at`,
      );

    it('gives one successor to twenty who bring it at once, and it works', async () => {
      const actor = await Actor.register(platform.client, personNamed('refresher'));
      const answers = await many(() => refresh(actor.session.refreshToken));
      expect(new Set(statusesOf(answers))).toEqual(new Set([200]));
      const [successor = '', ...others] = new Set(answers.map(({ body }) => body.refreshToken));
      expect(others).toEqual([]);
      expect(successor).not.toBe(actor.session.refreshToken);
      expect((await refresh(successor)).status).toBe(200);
      expect(await sessionsOf(actor)).toEqual([{ ended: null, facts: 0 }]);
    });

    it('that was used before ends its family everywhere, and the other sessions go on', async () => {
      const actor = await Actor.register(platform.client, personNamed('robbed'));
      const other = await actor.logIn();
      const first = actor.session.refreshToken;
      const { body: second } = await refresh(first);
      const { body: third } = await refresh(second.refreshToken);

      expect(await refresh(first)).toMatchObject({ status: 401, body: { code: 'REFRESH_TOKEN_INVALID' } });
      for (const { refreshToken } of [second, third]) {
        expect(await refresh(refreshToken)).toMatchObject({ status: 401, body: { code: 'REFRESH_TOKEN_INVALID' } });
      }
      for (const path of ['/v1/users/me', `/v1/social/${actor.id}/stats`]) {
        for (const token of [actor.session.accessToken, second.accessToken, third.accessToken]) {
          const ask = () => platform.client.request('GET', path, { token });
          await eventually(async () => {
            expect(await ask()).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
          }, REVOKED_WITHIN);
        }
        expect((await other.get(path)).status).toBe(200);
      }
      expect((await refresh(other.session.refreshToken)).status).toBe(200);
      expect(await sessionsOf(actor)).toEqual([
        { ended: 'TOKEN_REUSED', facts: 1 },
        { ended: null, facts: 0 },
      ]);
    });
  });

  describe('an account', () => {
    /** What there is of accounts, here and in the copy that social-service keeps. */
    const accounts = async () => ({
      users: await count('user_service', 'users'),
      profiles: await count('user_service', 'user_profiles'),
      sessions: await count('user_service', 'user_sessions'),
      created: await count('user_service', `outbox WHERE type = 'user.created'`),
      contacts: await count('user_service', `outbox WHERE type = 'contact.updated'`),
      copies: await count('social_service', 'user_cache'),
    });

    it.each([
      ['e-mail address', 'EMAIL_TAKEN', { email: 'TAKEN.mail@example.org' }],
      ['username', 'USERNAME_TAKEN', { username: 'Taken.Name' }],
    ])('is refused with an %s that is taken, and nothing of it is written', async (_what, code, taken) => {
      await post('/v1/auth/register', { ...personNamed('taken.name'), email: 'taken.mail@example.org' });
      await settled();
      const before = await everythingIn(platform);
      const answer = await post('/v1/auth/register', { ...personNamed('newcomer'), ...taken });
      expect(answer).toMatchObject({ status: 409, body: { code } });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(await everythingIn(platform)).toEqual(before);
    });

    it.each([
      ['e-mail address', 'EMAIL_TAKEN', (i: number) => ({ ...personNamed(`mail.${i}`), email: 'mail@example.org' })],
      ['username', 'USERNAME_TAKEN', (i: number) => ({ ...personNamed('name'), email: `name.${i}@example.org` })],
    ])('is made once for twenty who want one %s at once', async (_what, code, person) => {
      await settled();
      const before = await accounts();
      const answers = await many((i) => post('/v1/auth/register', person(i)));
      expect(statusesOf(answers)).toEqual([201, ...Array(MANY - 1).fill(409)]);
      const refused = answers.filter(({ status }) => status === 409);
      expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set([code]));
      await settled();
      const oneMore = Object.entries(before).map(([what, number = 0]) => [what, number + 1]);
      expect(await accounts()).toEqual(Object.fromEntries(oneMore));
      expect(await wrongCopies(platform)).toEqual([]);
    });
  });

  describe('a follow', () => {
    let alice: Actor;
    let bob: Actor;

    beforeAll(async () => {
      alice = await Actor.register(platform.client, personNamed('alice'));
      bob = await Actor.register(platform.client, personNamed('bob'));
      await settled();
    });

    const followAlice = () => bob.put(`/v1/follows/${alice.id}`);
    const unfollowAlice = () => bob.delete(`/v1/follows/${alice.id}`);
    const follows = () => count('social_service', `follows WHERE follower_id = '${bob.id}'`);
    const statsOfAlice = async () => (await bob.get(`/v1/social/${alice.id}/stats`)).body;
    /** The types of the facts of this follow, by their versions. */
    const facts = async () => {
      const sql = `SELECT type FROM outbox WHERE key = '${bob.id}:${alice.id}' ORDER BY version`;
      return (await rows<{ type: string }>(platform, 'social_service', sql)).map(({ type }) => type);
    };

    it('of oneself is refused, and nothing of it is written', async () => {
      const before = await everythingIn(platform);
      expect(await bob.put(`/v1/follows/${bob.id}`)).toMatchObject({ status: 422, body: { code: 'FOLLOW_SELF' } });
      expect(await everythingIn(platform)).toEqual(before);
    });

    it('is one, however often and by how many requests at once it is asked for', async () => {
      const answers = await many(followAlice);
      answers.push(await followAlice());
      expect(new Set(statusesOf(answers))).toEqual(new Set([200]));
      for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
      expect(await follows()).toBe(1);
      expect(await facts()).toEqual(['follow.created']);
      expect(await statsOfAlice()).toMatchObject({ followersCount: 1 });
    });

    it('ends once, however often it is ended', async () => {
      expect(new Set(statusesOf(await many(unfollowAlice)))).toEqual(new Set([204]));
      expect(await follows()).toBe(0);
      expect(await facts()).toEqual(['follow.created', 'follow.deleted']);
      expect(await statsOfAlice()).toMatchObject({ followersCount: 0 });
    });

    it('can begin again, with a higher version', async () => {
      expect(await followAlice()).toMatchObject({ status: 200, body: { status: 'ACTIVE' } });
      expect(await facts()).toEqual(['follow.created', 'follow.deleted', 'follow.created']);
      expect(await statsOfAlice()).toMatchObject({ followersCount: 1 });
      await settled();
      expect(await wrongCounts(platform)).toEqual([]);
    });

    it('begun and ended by many at once leaves the counts right', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const answers = await many((i) => (i % 2 ? followAlice() : unfollowAlice()));
        expect(statusesOf(answers).filter((status) => status >= 400)).toEqual([]);
      }
      await settled();
      expect(await wrongCounts(platform)).toEqual([]);
      expect((await facts()).at(-1)).toBe((await follows()) === 1 ? 'follow.created' : 'follow.deleted');
    });
  });
});
