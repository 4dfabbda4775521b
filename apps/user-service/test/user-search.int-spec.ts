import { DataSource } from 'typeorm';
import { type Problem, type SignedIn, somebody, UserUnderTest } from './user-under-test.js';

interface Found {
  items: Array<{ id: string; username: string; displayName: string }>;
  nextCursor: string | null;
}

describe('search of users', () => {
  let users: UserUnderTest;
  let asker: SignedIn;

  beforeAll(async () => {
    users = await UserUnderTest.start();
    asker = await users.register(somebody());
    // Straight into the tables: the search asks nothing of how they came there.
    await users.query(`
      INSERT INTO users (id, email, username, version, contact_version)
      SELECT uuidv7(), 'rabbit' || n || '@example.org', 'rabbit_' || n, 1, 1 FROM generate_series(1, 25) n`);
    await users.query(`
      INSERT INTO user_profiles (user_id, display_name, privacy_settings)
      SELECT id, 'White ' || username, '{}' FROM users WHERE username LIKE 'rabbit%'`);
    await add('hatter', 'The Mad Hatter 100%');
    await add('hidden.hatter', 'Hidden', { privacySettings: '{"searchable": false}' });
    await add('gone.hatter', 'Gone', { status: 'DEACTIVATED' });
  });

  afterAll(() => users?.stop());

  const search = <T = Found>(query: string) =>
    users.request<T>('GET', `/v1/users${query}`, { token: asker.accessToken });
  const names = async (q: string) =>
    (await search(`?q=${encodeURIComponent(q)}`)).body.items.map(({ username }) => username);

  async function add(username: string, displayName: string, o: { privacySettings?: string; status?: string } = {}) {
    await users.query(
      `INSERT INTO users (id, email, username, status, version, contact_version)
       VALUES (uuidv7(), $1 || '@example.org', $1, $2, 1, 1)`,
      [username, o.status ?? 'ACTIVE'],
    );
    await users.query(
      `INSERT INTO user_profiles (user_id, display_name, privacy_settings)
       SELECT id, $2, $3::jsonb FROM users WHERE username = $1`,
      [username, displayName, o.privacySettings ?? '{}'],
    );
  }

  it.each([
    ['a part of the username', 'atte'],
    ['a part of the display name', 'mad h'],
    ['another case', 'THE MAD'],
    ['the beginning of the username, if short', 'ha'],
    ['a character that means something to LIKE', '100%'],
  ])('finds by %s', async (_, q) => {
    expect(await names(q)).toEqual(['hatter']);
  });

  it.each(['%', '_', '%%%', 'h_tter', '\\'])('takes %p for itself, not for a pattern', async (q) => {
    expect(await names(q)).not.toContain('hidden.hatter');
    expect((await names(q)).filter((name) => name === 'hatter')).toEqual([]);
  });

  it('shows summaries', async () => {
    const { body } = await search('?q=hatter');
    expect(body.items).toEqual([
      {
        id: expect.any(String),
        username: 'hatter',
        displayName: 'The Mad Hatter 100%',
        avatarUrl: null,
        verified: false,
      },
    ]);
  });

  it('has the most similar first', async () => {
    expect((await names('rabbit_7'))[0]).toBe('rabbit_7');
  });

  it('gives every match once in pages, while others are added', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { status, body } = await search(`?q=rabbit&limit=7${cursor}`);
      expect(status).toBe(200);
      seen.push(...body.items.map(({ username }) => username));
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
      await add(`other.rabbit.${seen.length}`, 'A rabbit that came late');
    } while (cursor);
    const first = seen.filter((name) => name.startsWith('rabbit_'));
    expect(new Set(first).size).toBe(25);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each([
    ['nothing to look for', '', 'QUERY_INVALID'],
    ['an empty text', '?q=', 'QUERY_INVALID'],
    ['blanks', '?q=%20%20', 'QUERY_INVALID'],
    ['two texts', '?q=a&q=b', 'QUERY_INVALID'],
    ['a text that is too long', `?q=${'a'.repeat(101)}`, 'QUERY_INVALID'],
    ['a limit of 0', '?q=abc&limit=0', 'QUERY_INVALID'],
    ['a limit of 101', '?q=abc&limit=101', 'QUERY_INVALID'],
    ['a cursor that is made up', '?q=abc&cursor=AAAA', 'CURSOR_INVALID'],
    ['a NUL', '?q=%00abc', 'URL_MALFORMED'],
  ])('refuses %s', async (_, query, code) => {
    expect(await search<Problem>(query)).toMatchObject({ status: 400, body: { code } });
  });

  it("refuses another search's cursor", async () => {
    const { body } = await search('?q=rabbit&limit=1');
    const answer = await search<Problem>(`?q=white&limit=1&cursor=${body.nextCursor}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
  });

  it.each([
    ['idx_users_username', `SELECT id FROM users WHERE username LIKE '%hatter%'`],
    [
      'idx_user_profiles_display_name',
      `SELECT user_id FROM user_profiles WHERE display_name ILIKE '%hatter%' AND true`,
    ],
  ])('can use %s', async (index, query) => {
    const plan = await users.service.running.app.get(DataSource).transaction(async (manager) => {
      // The table is far too small for the planner to take an index by itself.
      await manager.query('SET LOCAL enable_seqscan = off');
      return manager.query<Array<{ 'QUERY PLAN': string }>>(`EXPLAIN ${query}`);
    });
    expect(plan.map((line) => line['QUERY PLAN']).join()).toContain(index);
  });
});
