import { type Problem, type SignedIn, somebody, UserUnderTest } from './user-under-test.js';

const WHOLE_PROFILE = {
  firstName: 'Alice',
  lastName: 'Liddell',
  displayName: 'Алиса 🐇',
  bio: 'Down\nthe rabbit hole',
  avatarUrl: 'https://example.org/alice.png',
  coverImageUrl: 'https://example.org/cover.png',
  birthDate: '1990-05-04',
  gender: 'female',
  location: 'Oxford',
  website: 'http://example.org/~alice',
  privacyLevel: 'FRIENDS',
};

describe('profiles', () => {
  let users: UserUnderTest;
  let alice: SignedIn;
  let bob: SignedIn;

  beforeAll(async () => {
    users = await UserUnderTest.start();
  });

  beforeEach(async () => {
    [alice, bob] = [await users.register(somebody()), await users.register(somebody())];
  });

  afterAll(() => users?.stop());

  const get = (path: string, who: SignedIn) => users.request('GET', path, { token: who.accessToken });
  const patch = <T = Record<string, unknown>>(who: SignedIn, body: unknown, headers?: Record<string, string>) =>
    users.request<T>('PATCH', '/v1/users/me', { token: who.accessToken, body, headers });
  const updates = async (who: SignedIn) =>
    (await users.facts(who.user.id)).filter(({ type }) => type === 'user.updated');

  describe('changing', () => {
    it('takes every column, and tells the others at the version that the row has', async () => {
      const { status, body, headers } = await patch(alice, WHOLE_PROFILE);
      expect({ status, body }).toMatchObject({ status: 200, body: WHOLE_PROFILE });
      const me = await get('/v1/users/me', alice);
      expect(me.body).toEqual(body);
      expect(me.headers.get('etag')).toBe(headers.get('etag'));
      const [fact, ...more] = await updates(alice);
      expect(more).toEqual([]);
      expect(fact?.payload).toMatchObject({ displayName: 'Алиса 🐇', privacyLevel: 'FRIENDS' });
      expect(fact?.payload).not.toHaveProperty('bio');
      const [row] = await users.query('SELECT version::int FROM users WHERE id = $1', [alice.user.id]);
      expect(row).toEqual({ version: fact?.version });
      expect(headers.get('etag')).toBe(`"${fact?.version}"`);
    });

    it('leaves alone what is absent, and takes away what is null', async () => {
      await patch(alice, WHOLE_PROFILE);
      const { body } = await patch(alice, { bio: null, avatarUrl: null });
      expect(body).toMatchObject({ ...WHOLE_PROFILE, bio: null, avatarUrl: null });
    });

    it.each([
      ['nothing', {}],
      ['what it is already', { privacyLevel: 'PUBLIC', bio: null }],
    ])('to %s changes nothing and tells nothing', async (_, body) => {
      const before = await get('/v1/users/me', alice);
      const answer = await patch(alice, body);
      expect(answer).toMatchObject({ status: 200, body: before.body });
      expect(answer.headers.get('etag')).toBe(before.headers.get('etag'));
      expect(await updates(alice)).toEqual([]);
    });

    it('from what it was is refused once it is something else', async () => {
      const { headers } = await get('/v1/users/me', alice);
      const etag = headers.get('etag') ?? '';
      const first = await patch(alice, { bio: 'from the phone' }, { 'if-match': etag });
      expect(first.status).toBe(200);
      const late = await patch<Problem>(alice, { bio: 'from the desk' }, { 'if-match': etag });
      expect(late).toMatchObject({ status: 412, body: { code: 'VERSION_CHANGED' } });
      const again = await patch(alice, { bio: 'from the desk' }, { 'if-match': first.headers.get('etag') ?? '' });
      expect(again).toMatchObject({ status: 200, body: { bio: 'from the desk' } });
    });

    it('of different fields at once loses none, and versions rise with the facts', async () => {
      const { privacyLevel: _, ...fields } = WHOLE_PROFILE;
      const answers = await Promise.all(
        Object.entries(fields).map(([field, value]) => patch(alice, { [field]: value })),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect((await get('/v1/users/me', alice)).body).toMatchObject(fields);
      const versions = (await updates(alice)).map(({ version }) => version);
      expect(versions).toHaveLength(Object.keys(fields).length);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
    });

    it('from one ETag at once succeeds for one', async () => {
      const etag = (await get('/v1/users/me', alice)).headers.get('etag') ?? '';
      const tries = Array.from({ length: 10 }, (_, index) => patch(alice, { bio: `${index}` }, { 'if-match': etag }));
      const statuses = (await Promise.all(tries)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 412)).toHaveLength(9);
    });

    it('is refused to a suspended account', async () => {
      await users.query(`UPDATE users SET status = 'SUSPENDED' WHERE id = $1`, [alice.user.id]);
      expect(await patch(alice, { bio: 'x' })).toMatchObject({ status: 403, body: { code: 'ACCOUNT_SUSPENDED' } });
      expect(await updates(alice)).toEqual([]);
    });

    it.each([
      ['an unknown field', { nickname: 'x' }, 'nickname'],
      ['the username', { username: 'other' }, 'username'],
      ['the role', { role: 'ADMIN' }, 'role'],
      ['verified', { verified: true }, 'verified'],
      ['null for the display name', { displayName: null }, 'displayName'],
      ['an empty display name', { displayName: '' }, 'displayName'],
      ['a display name of blanks', { displayName: '  ' }, 'displayName'],
      ['a display name that is too long', { displayName: 'a'.repeat(101) }, 'displayName'],
      ['a list for the bio', { bio: ['x'] }, 'bio'],
      ['a bio that is too long', { bio: 'a'.repeat(1_001) }, 'bio'],
      ['a script for the website', { website: 'javascript:alert(1)' }, 'website'],
      ['a day that does not exist', { birthDate: '2001-02-29' }, 'birthDate'],
      ['a day to come', { birthDate: '2999-01-01' }, 'birthDate'],
      ['a privacy level that does not exist', { privacyLevel: 'SECRET' }, 'privacyLevel'],
      ['null for the privacy level', { privacyLevel: null }, 'privacyLevel'],
    ])('to %s is refused, with all that came with it', async (_, wrong, path) => {
      const answer = await patch<Problem>(alice, { location: 'Oxford', ...wrong });
      expect(answer).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
      expect(new Set(answer.body.errors?.map((error) => error.path))).toEqual(new Set([path]));
      expect((await get('/v1/users/me', alice)).body).toMatchObject({ location: null });
      expect(await updates(alice)).toEqual([]);
    });
  });

  describe('seeing somebody', () => {
    it.each(['id', 'username'])('by %s', async (by) => {
      await patch(alice, { ...WHOLE_PROFILE, privacyLevel: 'PUBLIC' });
      const path = by === 'id' ? alice.user.id : `by-username/${alice.user.username.toUpperCase()}`;
      const { status, body, headers } = await get(`/v1/users/${path}`, bob);
      expect({ status, body }).toMatchObject({ status: 200, body: { bio: WHOLE_PROFILE.bio, location: 'Oxford' } });
      expect(headers.get('etag')).toMatch(/^"\d+"$/);
      for (const hidden of ['email', 'birthDate', 'phone', 'status', 'role']) expect(body).not.toHaveProperty(hidden);
    });

    it('who is private shows the summary', async () => {
      await patch(alice, { ...WHOLE_PROFILE, privacyLevel: 'PRIVATE' });
      const { body } = await get(`/v1/users/${alice.user.id}`, bob);
      const { id, username } = alice.user;
      const { displayName, avatarUrl } = WHOLE_PROFILE;
      expect(body).toEqual({ id, username, displayName, avatarUrl, verified: false, privacyLevel: 'PRIVATE' });
    });

    it.each(['SUSPENDED', 'DEACTIVATED', 'DELETED'])('who is %s is not found, but by moderators', async (status) => {
      await users.query('UPDATE users SET status = $2 WHERE id = $1', [alice.user.id, status]);
      const answer = await get(`/v1/users/${alice.user.id}`, bob);
      expect(answer).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
      const asModerator = { as: bob.user.id, role: 'MODERATOR' } as const;
      expect(await users.service.request('GET', `/v1/users/${alice.user.id}`, asModerator)).toMatchObject({
        status: 200,
      });
    });

    it.each([
      ['who does not exist', '/v1/users/01930000-0000-7000-8000-00000000dead', 404, 'USER_NOT_FOUND'],
      ['by what is no id', '/v1/users/nobody', 400, 'PATH_INVALID'],
      ['by a username that nobody has', '/v1/users/by-username/nobody.at.all', 404, 'USER_NOT_FOUND'],
      ['by what is no username', '/v1/users/by-username/%F0%9F%90%87', 404, 'USER_NOT_FOUND'],
      ['by a NUL', '/v1/users/by-username/%00', 400, 'URL_MALFORMED'],
    ])('%s is refused', async (_, path, status, code) => {
      expect(await get(path, bob)).toMatchObject({ status, body: { code } });
    });
  });

  describe('privacy settings', () => {
    const put = (who: SignedIn, body: unknown, headers?: Record<string, string>) =>
      users.request('PUT', '/v1/users/me/privacy', { token: who.accessToken, body, headers });

    it('are replaced as a whole, and those that others enforce are told', async () => {
      const { body: before } = await get('/v1/users/me/privacy', alice);
      const settings = { ...before, message: 'FRIENDS', searchable: false, email: 'EVERYONE' };
      expect(await put(alice, settings)).toMatchObject({ status: 200, body: settings });
      expect((await get('/v1/users/me/privacy', alice)).body).toEqual(settings);
      const [fact] = await updates(alice);
      expect(fact?.payload.audience).toMatchObject({ message: 'FRIENDS', searchable: false });
      expect(fact?.payload.audience).not.toHaveProperty('email');
      expect((await get(`/v1/users/${alice.user.id}`, bob)).body).toMatchObject({ email: alice.user.email });
    });

    it('share their version with the profile', async () => {
      const { headers } = await get('/v1/users/me', alice);
      const { body } = await get('/v1/users/me/privacy', alice);
      const etag = headers.get('etag') ?? '';
      expect(await put(alice, { ...body, tag: 'NOBODY' }, { 'if-match': etag })).toMatchObject({ status: 200 });
      expect(await patch(alice, { bio: 'x' }, { 'if-match': etag })).toMatchObject({ status: 412 });
    });

    it('that are incomplete, unknown or of another type are refused', async () => {
      const { body: before } = await get('/v1/users/me/privacy', alice);
      for (const wrong of [
        {},
        { ...before, message: 'MARTIANS' },
        { ...before, presence: 'yes' },
        { ...before, x: 1 },
      ]) {
        expect(await put(alice, wrong)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
      }
      expect((await get('/v1/users/me/privacy', alice)).body).toEqual(before);
    });
  });
});
