import { eventually, PlazaClient } from '@plaza/testing';
import { SessionCleanup } from '../src/sessions/session-cleanup.job.js';
import { type SignedIn, somebody, UserUnderTest } from './user-under-test.js';

interface Session {
  id: string;
  current: boolean;
  ip: string;
  userAgent: string;
  deviceName: string | null;
}

interface Sessions {
  items: Session[];
  nextCursor: string | null;
}

describe('sessions', () => {
  let users: UserUnderTest;

  beforeAll(async () => {
    users = await UserUnderTest.start();
  });

  afterAll(() => users?.stop());

  const works = async (token: string) => (await users.request('GET', '/v1/users/me', { token })).status;
  const sessionsOf = (token: string, query = '') =>
    users.request<Sessions>('GET', `/v1/auth/sessions${query}`, { token });
  const currentOf = async (token: string) => (await sessionsOf(token)).body.items.find(({ current }) => current)?.id;

  async function signIn(devices = 1): Promise<{ first: SignedIn; others: SignedIn[] }> {
    const person = somebody();
    const first = await users.register(person);
    const others: SignedIn[] = [];
    for (let count = 1; count < devices; count += 1) {
      others.push((await users.logIn(person.username, person.password)).body);
    }
    return { first, others };
  }

  describe('log-out', () => {
    it('ends the session at once, tells, and lets the others be', async () => {
      const { first, others } = await signIn(2);
      const id = await currentOf(first.accessToken);
      expect(await users.request('POST', '/v1/auth/logout', { token: first.accessToken })).toMatchObject({
        status: 204,
      });
      expect(await works(first.accessToken)).toBe(401);
      expect(await users.refresh(first.refreshToken)).toMatchObject({ status: 401 });
      expect(await works(others[0]?.accessToken ?? '')).toBe(200);
      expect(await users.facts(id)).toMatchObject([{ type: 'session.revoked' }]);
      const facts = await users.facts(first.user.id);
      expect(facts.at(-1)).toMatchObject({ type: 'user-activity.logged-out', payload: { sessionId: id } });
    });

    it('remembers the end for longer than the last access token lives', async () => {
      const { first } = await signIn();
      const id = await currentOf(first.accessToken);
      await users.request('POST', '/v1/auth/logout', { token: first.accessToken });
      const [revoked] = await users.facts(id);
      const { revokedAt, tokensExpireAt } = revoked?.payload ?? {};
      expect(Date.parse(String(tokensExpireAt)) - Date.parse(String(revokedAt))).toBeGreaterThanOrEqual(600_000);
    });
  });

  describe('list', () => {
    it('shows where one is signed in, the newest first, and which is this one', async () => {
      const person = somebody();
      const first = await users.register(person);
      await users.post(
        '/v1/auth/login',
        { login: person.username, password: person.password, deviceName: 'Phone' },
        { 'x-forwarded-for': '198.51.100.9', 'user-agent': 'Mozilla/5.0 (Test)' },
      );
      const { body } = await sessionsOf(first.accessToken);
      expect(body.items).toMatchObject([
        { deviceName: 'Phone', ip: '198.51.100.9', userAgent: 'Mozilla/5.0 (Test)', current: false },
        { deviceName: null, current: true },
      ]);
      expect(JSON.stringify(body)).not.toMatch(/hash|salt|token/i);
    });

    it('comes in pages', async () => {
      const { first } = await signIn(5);
      const seen: string[] = [];
      let query = '?limit=2';
      for (let pages = 0; pages < 3; pages += 1) {
        const { body } = await sessionsOf(first.accessToken, query);
        seen.push(...body.items.map(({ id }) => id));
        query = `?limit=2&cursor=${body.nextCursor}`;
        expect(body.nextCursor === null).toBe(pages === 2);
      }
      expect(new Set(seen).size).toBe(5);
    });

    it("refuses a cursor that is not this user's", async () => {
      const [alice, bob] = [await signIn(3), await signIn(3)];
      const { body } = await sessionsOf(alice.first.accessToken, '?limit=1');
      const answer = await sessionsOf(bob.first.accessToken, `?limit=1&cursor=${body.nextCursor}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
    });
  });

  describe('ending', () => {
    it('one ends that one, and doing it again changes nothing', async () => {
      const { first, others } = await signIn(2);
      const id = await currentOf(others[0]?.accessToken ?? '');
      for (const _ of ['once', 'twice']) {
        const answer = await users.request('DELETE', `/v1/auth/sessions/${id}`, { token: first.accessToken });
        expect(answer).toMatchObject({ status: 204 });
      }
      expect(await works(others[0]?.accessToken ?? '')).toBe(401);
      expect(await works(first.accessToken)).toBe(200);
      expect(await users.facts(id)).toHaveLength(1);
      expect((await sessionsOf(first.accessToken)).body.items.map((session) => session.id)).not.toContain(id);
    });

    it('all others leaves this one', async () => {
      const { first, others } = await signIn(4);
      expect(await users.request('DELETE', '/v1/auth/sessions', { token: first.accessToken })).toMatchObject({
        status: 204,
      });
      expect(await Promise.all(others.map(({ accessToken }) => works(accessToken)))).toEqual([401, 401, 401]);
      expect((await sessionsOf(first.accessToken)).body.items).toMatchObject([{ current: true }]);
    });

    it('all others from two devices at once leaves at most one, and hangs nobody', async () => {
      const { first, others } = await signIn(8);
      const tokens = [first, others[0] ?? first].map(({ accessToken }) => accessToken);
      const answers = await Promise.all(tokens.map((token) => users.request('DELETE', '/v1/auth/sessions', { token })));
      expect(answers.every(({ status }) => status === 204 || status === 401)).toBe(true);
      const [row] = await users.query<{ count: number }>(
        'SELECT count(*)::int FROM user_sessions WHERE user_id = $1 AND revoked_at IS NULL',
        [first.user.id],
      );
      expect(row?.count).toBeLessThanOrEqual(1);
    });

    it("somebody else's is not found", async () => {
      const [alice, bob] = [await signIn(), await signIn()];
      const id = await currentOf(alice.first.accessToken);
      const answer = await users.request('DELETE', `/v1/auth/sessions/${id}`, { token: bob.first.accessToken });
      expect(answer).toMatchObject({ status: 404, body: { code: 'SESSION_NOT_FOUND' } });
      expect(await works(alice.first.accessToken)).toBe(200);
    });
  });

  it('deletes sessions a day after they expired', async () => {
    const [old, open] = [await signIn(), await signIn()];
    await users.query(`UPDATE user_sessions SET expires_at = now() - interval '25 hours' WHERE user_id = $1`, [
      old.first.user.id,
    ]);
    await users.service.running.app.get(SessionCleanup).run(new AbortController().signal);
    const left = await users.query('SELECT user_id FROM user_sessions WHERE user_id = ANY($1)', [
      [old.first.user.id, open.first.user.id],
    ]);
    expect(left).toEqual([{ user_id: open.first.user.id }]);
  });

  it('ended in one instance are refused by another', async () => {
    const another = await users.anotherInstance();
    try {
      const { first } = await signIn();
      const there = new PlazaClient(another.url ?? '');
      const ask = () => there.request('GET', '/v1/users/me', { token: first.accessToken });
      expect(await ask()).toMatchObject({ status: 200 });
      await users.request('POST', '/v1/auth/logout', { token: first.accessToken });
      await eventually(async () =>
        expect(await ask()).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } }),
      );
    } finally {
      await another.stop();
    }
  });
});
