import { declarationByType } from '@plaza/contracts';
import { actors } from '@plaza/testing';
import { type Problem, type SignedIn, somebody, UserUnderTest } from './user-under-test.js';

const { alice } = actors;

describe('registration', () => {
  let users: UserUnderTest;

  beforeAll(async () => {
    users = await UserUnderTest.start();
  });

  afterAll(() => users?.stop());

  const register = <T = Problem>(body: unknown) => users.post<T>('/v1/auth/register', body);

  it('makes the account and signs in', async () => {
    const { email, username, password, displayName } = alice;
    const { status, body, headers } = await register<SignedIn>({ email, username, password, displayName });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      user: { username, email, displayName, avatarUrl: null, verified: false },
      expiresIn: 600,
    });
    expect(headers.get('cache-control')).toBe('no-store');
    const me = await users.request('GET', '/v1/users/me', { token: body.accessToken });
    expect(me).toMatchObject({ status: 200, body: body.user });
  });

  it('tells the others in the same transaction, at the version that the row has', async () => {
    const { user } = await users.register(somebody({ displayName: 'Somebody' }));
    const facts = await users.facts(user.id);
    expect(facts.map(({ type }) => type)).toEqual(['user.created', 'contact.updated', 'user-activity.logged-in']);
    expect(facts[0]?.payload).toMatchObject({
      id: user.id,
      username: user.username,
      displayName: 'Somebody',
      accountStatus: 'ACTIVE',
      privacyLevel: 'PUBLIC',
      audience: { message: 'EVERYONE', searchable: true },
    });
    const [row] = await users.query('SELECT version::int, contact_version::int FROM users WHERE id = $1', [user.id]);
    expect(row).toEqual({ version: facts[0]?.version, contact_version: facts[1]?.version });
  });

  it('puts the e-mail address into contact.updated alone, and never a password or a token anywhere', async () => {
    const person = somebody();
    const { user, refreshToken } = await users.register(person);
    for (const { type, payload } of await users.facts(user.id)) {
      expect(declarationByType(type)).toBeDefined();
      expect(JSON.stringify(payload).includes(person.email)).toBe(type === 'contact.updated');
    }
    const [row] = await users.query<{ dump: string }>(
      'SELECT concat(u, s) AS dump FROM users u JOIN user_sessions s ON s.user_id = u.id WHERE u.id = $1',
      [user.id],
    );
    expect(row?.dump).not.toContain(person.password);
    expect(row?.dump).not.toContain(Buffer.from(refreshToken, 'base64url').subarray(-32).toString('hex'));
  });

  it('hashes the password with Argon2id', async () => {
    const { user } = await users.register(somebody());
    const [row] = await users.query('SELECT password_hash FROM users WHERE id = $1', [user.id]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('counts as the first log-in', async () => {
    const { user } = await users.register(somebody());
    const [row] = await users.query('SELECT login_count, last_login_at FROM users WHERE id = $1', [user.id]);
    expect(row).toEqual({ login_count: 1, last_login_at: expect.any(Date) });
  });

  it('takes names in any case and keeps them in lower case', async () => {
    const { status, body } = await register<SignedIn>({
      email: '  White.Rabbit@Example.ORG ',
      username: 'White_Rabbit',
      password: 'I am late, I am late',
    });
    expect(status).toBe(201);
    expect(body.user).toMatchObject({
      email: 'white.rabbit@example.org',
      username: 'white_rabbit',
      displayName: 'white_rabbit',
    });
  });

  it.each([
    ['email', 'EMAIL_TAKEN', { email: 'TAKEN@example.org' }],
    ['username', 'USERNAME_TAKEN', { username: 'Taken.Name' }],
  ])('refuses a taken %s, in another case too', async (_, code, taken) => {
    await register(somebody({ email: 'taken@example.org', username: 'taken.name' }));
    const before = await users.rowCounts();
    expect(await register(somebody(taken))).toMatchObject({ status: 409, body: { code } });
    expect(await users.rowCounts()).toEqual(before);
  });

  it.each([
    ['email', 'EMAIL_TAKEN'],
    ['username', 'USERNAME_TAKEN'],
  ] as const)('gives an %s to one of twenty who want it at once', async (field, code) => {
    const wanted = somebody()[field];
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => register<Problem>(somebody({ [field]: wanted }))),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(19);
    for (const answer of refused) expect(answer).toMatchObject({ status: 409, body: { code } });
    const [row] = await users.query(`SELECT count(*)::int FROM users WHERE ${field} = $1`, [wanted]);
    expect(row).toEqual({ count: 1 });
    const [facts] = await users.query(`SELECT count(*)::int FROM outbox WHERE payload->>$1 = $2`, [field, wanted]);
    expect(facts).toEqual({ count: 1 });
  });

  it.each([
    ['no body', undefined, 'email'],
    ['a list', [], ''],
    ['nothing', {}, 'email'],
    ['an unknown field', { ...somebody(), role: 'ADMIN' }, 'role'],
    ['a number for a username', { ...somebody(), username: 7 }, 'username'],
    ['an object for an e-mail address', { ...somebody(), email: { $ne: '' } }, 'email'],
    ['no e-mail address', { ...somebody(), email: 'alice' }, 'email'],
    ['an e-mail address that is too long', { ...somebody(), email: `a@${'b'.repeat(250)}.org` }, 'email'],
    ['a username that is too short', { ...somebody(), username: 'ab' }, 'username'],
    ['a username that is too long', { ...somebody(), username: 'a'.repeat(51) }, 'username'],
    ['a username with other characters', { ...somebody(), username: 'alice liddell' }, 'username'],
    ['a password that is too short', { ...somebody(), password: '1234567' }, 'password'],
    ['a password that is too long', { ...somebody(), password: 'a'.repeat(129) }, 'password'],
    ['a password that is the username', { ...somebody(), username: 'wonderland', password: 'Wonderland' }, 'password'],
    ['a display name that is too long', { ...somebody(), displayName: 'a'.repeat(101) }, 'displayName'],
    ['a display name with a NUL', { ...somebody(), displayName: 'a\0b' }, 'displayName'],
    ['a display name with half a character', { ...somebody(), displayName: 'a\ud800' }, 'displayName'],
  ])('refuses %s and writes nothing', async (_, body, path) => {
    const before = await users.rowCounts();
    const answer = await register(body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
    expect(answer.body.errors?.map((error) => error.path)).toContain(path);
    expect(await users.rowCounts()).toEqual(before);
  });

  it.each([
    ['what is not JSON', '{"email":', 'application/json', 400, 'JSON_MALFORMED'],
    ['another media type', 'email=alice', 'application/x-www-form-urlencoded', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    [
      'a body that is too large',
      JSON.stringify({ email: 'a'.repeat(200_000) }),
      'application/json',
      413,
      'BODY_TOO_LARGE',
    ],
  ])('refuses %s', async (_, body, type, status, code) => {
    const answer = await users.post('/v1/auth/register', body, { 'content-type': type });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});
