import { type SignedIn, somebody, UserUnderTest } from './user-under-test.js';

describe('refresh', () => {
  let users: UserUnderTest;

  beforeAll(async () => {
    users = await UserUnderTest.start();
  });

  afterAll(() => users?.stop());

  const works = async (token: string) => (await users.request('GET', '/v1/users/me', { token })).status;
  const sessionOf = async ({ user }: SignedIn) => {
    const [row] = await users.query<{ id: string }>('SELECT id FROM user_sessions WHERE user_id = $1', [user.id]);
    return row?.id;
  };

  it('gives a new pair, and both access tokens work', async () => {
    const first = await users.register(somebody());
    const { status, body, headers } = await users.refresh(first.refreshToken);
    expect({ status, body }).toMatchObject({ status: 200, body: { expiresIn: 600 } });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.refreshToken).not.toBe(first.refreshToken);
    expect(await works(body.accessToken)).toBe(200);
    expect(await works(first.accessToken)).toBe(200);
  });

  it('gives one successor to twenty who ask at once, and it works', async () => {
    const first = await users.register(somebody());
    const answers = await Promise.all(Array.from({ length: 20 }, () => users.refresh(first.refreshToken)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const successors = new Set(answers.map(({ body }) => body.refreshToken));
    expect(successors.size).toBe(1);
    expect(await users.refresh([...successors][0] ?? '')).toMatchObject({ status: 200 });
  });

  it('gives the successor again when the answer was lost, for 10 s', async () => {
    const first = await users.register(somebody());
    const { body: lost } = await users.refresh(first.refreshToken);
    await agoRotated(first.user.id, 9);
    expect((await users.refresh(first.refreshToken)).body.refreshToken).toBe(lost.refreshToken);
    await agoRotated(first.user.id, 11);
    expect(await users.refresh(first.refreshToken)).toMatchObject({ status: 401 });
  });

  it('of a used token ends the session everywhere, and says so in the audit log', async () => {
    const first = await users.register(somebody());
    const { body: second } = await users.refresh(first.refreshToken);
    const { body: third } = await users.refresh(second.refreshToken);
    const id = await sessionOf(first);

    const reused = await users.refresh(first.refreshToken);
    expect(reused).toMatchObject({ status: 401, body: { code: 'REFRESH_TOKEN_INVALID' } });
    expect(await users.refresh(third.refreshToken)).toMatchObject({ status: 401 });
    const refused = await users.request('GET', '/v1/users/me', { token: third.accessToken });
    expect(refused).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });

    const facts = await users.facts(id);
    expect(facts).toMatchObject([{ type: 'session.revoked', payload: { sessionId: id, userId: first.user.id } }]);
    const log = await users.query('SELECT actor_id, action FROM audit_logs WHERE resource_id = $1', [id]);
    expect(log).toEqual([{ actor_id: first.user.id, action: 'REFRESH_TOKEN_REUSED' }]);
    const [row] = await users.query('SELECT revoked_reason FROM user_sessions WHERE id = $1', [id]);
    expect(row).toEqual({ revoked_reason: 'TOKEN_REUSED' });
  });

  it('leaves the other sessions of the user alone', async () => {
    const person = somebody();
    const first = await users.register(person);
    const { body: other } = await users.logIn(person.username, person.password);
    const { body: second } = await users.refresh(first.refreshToken);
    await users.refresh(second.refreshToken);
    await users.refresh(first.refreshToken);
    expect(await users.refresh(other.refreshToken)).toMatchObject({ status: 200 });
  });

  it('keeps the session alive', async () => {
    const first = await users.register(somebody());
    await users.query(`UPDATE user_sessions SET expires_at = now() + interval '1 min' WHERE user_id = $1`, [
      first.user.id,
    ]);
    await users.refresh(first.refreshToken);
    const [row] = await users.query(
      `SELECT expires_at > now() + interval '29 days' AS renewed FROM user_sessions WHERE user_id = $1`,
      [first.user.id],
    );
    expect(row).toEqual({ renewed: true });
  });

  it.each([
    ['has expired', `UPDATE user_sessions SET expires_at = now() WHERE user_id = $1`, 401, 'REFRESH_TOKEN_INVALID'],
    ['is of a suspended account', `UPDATE users SET status = 'SUSPENDED' WHERE id = $1`, 403, 'ACCOUNT_SUSPENDED'],
    ['is of an account that is gone', `DELETE FROM users WHERE id = $1`, 401, 'REFRESH_TOKEN_INVALID'],
  ])('refuses a token that %s', async (_, change, status, code) => {
    const first = await users.register(somebody());
    await users.query(change, [first.user.id]);
    expect(await users.refresh(first.refreshToken)).toMatchObject({ status, body: { code } });
  });

  it('refuses what is no token, or is made up from a session that exists', async () => {
    const first = await users.register(somebody());
    const real = Buffer.from(first.refreshToken, 'base64url');
    const forged = Buffer.concat([real.subarray(0, 16), Buffer.alloc(64, 7)]).toString('base64url');
    for (const token of ['', 'nonsense', forged, `${first.refreshToken}A`, first.accessToken.slice(0, 107)]) {
      expect(await users.refresh(token)).toMatchObject({ status: 401, body: { code: 'REFRESH_TOKEN_INVALID' } });
    }
    expect(await users.refresh(first.refreshToken)).toMatchObject({ status: 200 });
  });

  it.each([
    ['nothing', {}],
    ['a number', { refreshToken: 7 }],
    ['a text that is too long', { refreshToken: 'a'.repeat(201) }],
    ['an unknown field', { refreshToken: 'a', userId: 'b' }],
  ])('refuses %s', async (_, body) => {
    expect(await users.post('/v1/auth/refresh', body)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
  });

  async function agoRotated(userId: string, seconds: number): Promise<void> {
    await users.query(`UPDATE user_sessions SET rotated_at = now() - $2 * interval '1 s' WHERE user_id = $1`, [
      userId,
      seconds,
    ]);
  }
});
