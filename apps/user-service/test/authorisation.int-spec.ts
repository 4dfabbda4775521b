import { type SignedIn, somebody, UserUnderTest } from './user-under-test.js';

type Who = 'nobody' | 'owner' | 'other' | 'moderator' | 'admin';

interface Route {
  method: string;
  path: string;
  body?: object;
  /** Expected status for each; nobody is 401 where it is not said. */
  nobody?: number;
  owner: number;
  other: number;
  admin: number;
}

const profile = { bio: 'Curious' };
const privacy = {
  email: 'NOBODY',
  birthDate: 'NOBODY',
  lastSeen: 'NOBODY',
  friendsList: 'NOBODY',
  message: 'NOBODY',
  friendRequest: 'NOBODY',
  invite: 'NOBODY',
  tag: 'NOBODY',
  readReceipts: false,
  presence: false,
  searchable: true,
};

/**
 * Every route × who asks: nobody, the owner (alice, whose profile is PRIVATE), another user, an admin. A route about
 * oneself is each one's own. Blocked users come with the blocks.
 */
const ROUTES: Route[] = [
  { method: 'POST', path: '/v1/auth/register', body: {}, nobody: 422, owner: 422, other: 422, admin: 422 },
  { method: 'POST', path: '/v1/auth/login', body: {}, nobody: 422, owner: 422, other: 422, admin: 422 },
  { method: 'POST', path: '/v1/auth/refresh', body: {}, nobody: 422, owner: 422, other: 422, admin: 422 },
  { method: 'GET', path: '/.well-known/jwks.json', nobody: 200, owner: 200, other: 200, admin: 200 },
  { method: 'GET', path: '/v1/auth/sessions', owner: 200, other: 200, admin: 200 },
  { method: 'DELETE', path: '/v1/auth/sessions/{session}', owner: 204, other: 404, admin: 404 },
  { method: 'DELETE', path: '/v1/auth/sessions', owner: 204, other: 204, admin: 204 },
  { method: 'GET', path: '/v1/users/me', owner: 200, other: 200, admin: 200 },
  { method: 'PATCH', path: '/v1/users/me', body: profile, owner: 200, other: 200, admin: 200 },
  { method: 'GET', path: '/v1/users/me/privacy', owner: 200, other: 200, admin: 200 },
  { method: 'PUT', path: '/v1/users/me/privacy', body: privacy, owner: 200, other: 200, admin: 200 },
  { method: 'GET', path: '/v1/users/{user}', owner: 200, other: 200, admin: 200 },
  { method: 'GET', path: '/v1/users/by-username/{username}', owner: 200, other: 200, admin: 200 },
  { method: 'GET', path: '/v1/users?q=somebody', owner: 200, other: 200, admin: 200 },
  { method: 'POST', path: '/v1/auth/logout', owner: 204, other: 204, admin: 204 },
];

describe('who may do what', () => {
  let users: UserUnderTest;

  beforeAll(async () => {
    users = await UserUnderTest.start();
  });

  afterAll(() => users?.stop());

  /** Alice and another device of hers, and three others. */
  async function cast(): Promise<{ alice: SignedIn; session: string; tokens: Record<Who, string | undefined> }> {
    const [person, boss, watch] = [somebody(), somebody(), somebody()];
    const alice = await users.register(person);
    await users.query(`UPDATE user_profiles SET privacy_level = 'PRIVATE', bio = 'secret' WHERE user_id = $1`, [
      alice.user.id,
    ]);
    await users.logIn(person.username, person.password);
    const [other] = await users.query<{ id: string }>(
      'SELECT id FROM user_sessions WHERE user_id = $1 ORDER BY id DESC LIMIT 1',
      [alice.user.id],
    );
    const tokenOf = async (who: ReturnType<typeof somebody>, role: string) => {
      const { user } = await users.register(who);
      await users.query('UPDATE users SET role = $2 WHERE id = $1', [user.id, role]);
      return (await users.logIn(who.username, who.password)).body.accessToken;
    };
    const tokens = {
      nobody: undefined,
      owner: alice.accessToken,
      other: (await users.register(somebody())).accessToken,
      moderator: await tokenOf(watch, 'MODERATOR'),
      admin: await tokenOf(boss, 'ADMIN'),
    };
    return { alice, session: other?.id ?? '', tokens };
  }

  it.each(ROUTES)('$method $path', async ({ method, path, body, nobody = 401, ...expected }) => {
    const { alice, session, tokens } = await cast();
    const target = path
      .replace('{session}', session)
      .replace('{user}', alice.user.id)
      .replace('{username}', alice.user.username);
    const ask = async (who: Who) => (await users.request(method, target, { token: tokens[who], body })).status;
    expect({
      nobody: await ask('nobody'),
      other: await ask('other'),
      admin: await ask('admin'),
      owner: await ask('owner'),
    }).toEqual({ nobody, ...expected });
  });

  it('shows a private profile to its owner, moderators and admins alone', async () => {
    const { alice, tokens } = await cast();
    const bioFor = async (who: Who) =>
      (await users.request('GET', `/v1/users/${alice.user.id}`, { token: tokens[who] })).body.bio;
    expect(await bioFor('other')).toBeUndefined();
    for (const who of ['owner', 'moderator', 'admin'] as const) expect(await bioFor(who)).toBe('secret');
  });

  it('takes nobody at the word of a header', async () => {
    const { alice } = await cast();
    const headers = { 'x-user-id': alice.user.id, 'x-plaza-user-id': alice.user.id, 'x-role': 'ADMIN' };
    expect(await users.request('GET', '/v1/users/me', { headers })).toMatchObject({
      status: 401,
      body: { code: 'TOKEN_MISSING' },
    });
  });

  it('has a row here for every route of its document', async () => {
    const { body } = await users.request<{ paths: Record<string, object> }>('GET', '/openapi.json');
    const documented = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '{}')}`),
    );
    const listed = ROUTES.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}').replace(/\?.*/, '')}`);
    expect(documented.sort()).toEqual(listed.sort());
  });
});
