import { hash } from '@node-rs/argon2';
import { actors } from '@plaza/testing';
import { type Problem, type SignedIn, somebody, UserUnderTest } from './user-under-test.js';

const { alice } = actors;
const HERE = '203.0.113.7';
const ELSEWHERE = '198.51.100.9';

describe('log-in', () => {
  let users: UserUnderTest;

  beforeAll(async () => {
    users = await UserUnderTest.start();
    await users.register(alice);
  });

  afterAll(() => users?.stop());

  it.each([alice.username, alice.email, 'ALICE', ' Alice@Example.org '])(
    'lets in %p with the password',
    async (login) => {
      const { status, body } = await users.logIn(login, alice.password);
      expect({ status, body }).toMatchObject({ status: 200, body: { user: { username: 'alice' }, expiresIn: 600 } });
      expect(await users.request('GET', '/v1/users/me', { token: body.accessToken })).toMatchObject({ status: 200 });
    },
  );

  it('counts, remembers when, and tells', async () => {
    const person = somebody();
    const { user } = await users.register(person);
    const { body } = await users.logIn(person.username, person.password);
    const [row] = await users.query('SELECT login_count, last_login_at, version::int FROM users WHERE id = $1', [
      user.id,
    ]);
    expect(row).toMatchObject({ login_count: 2, last_login_at: new Date(String(body.user.lastLoginAt)) });
    const facts = await users.facts(user.id);
    expect(facts.map(({ type }) => type).slice(2)).toEqual(['user-activity.logged-in', 'user-activity.logged-in']);
    expect(row?.version).toBe(facts[0]?.version);
  });

  it('answers alike for a wrong password and for nobody', async () => {
    const wrong = await users.logIn<Problem>('alice', 'not her password');
    const nobody = await users.logIn<Problem>('nobody', 'not her password');
    expect(wrong).toMatchObject({ status: 401, body: { code: 'CREDENTIALS_INVALID' } });
    expect({ ...nobody.body, instance: '', requestId: '' }).toEqual({ ...wrong.body, instance: '', requestId: '' });
  });

  it('takes as long for nobody as for a wrong password', async () => {
    const person = somebody();
    await users.register(person);
    const took = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < 9; round += 1) {
      took.known.push(await timed(() => users.logIn(person.username, 'wrong password')));
      took.unknown.push(await timed(() => users.logIn(`nobody${round}`, 'wrong password')));
    }
    // The hash takes most of the time: without one for nobody this would be far off.
    const ratio = median(took.unknown) / median(took.known);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it.each([
    ['SUSPENDED', 403, 'ACCOUNT_SUSPENDED'],
    ['DEACTIVATED', 403, 'ACCOUNT_DEACTIVATED'],
    ['DELETED', 401, 'CREDENTIALS_INVALID'],
  ])('keeps out an account that is %s, which only its owner learns', async (status, expected, code) => {
    const person = somebody();
    const { user } = await users.register(person);
    await users.query('UPDATE users SET status = $2 WHERE id = $1', [user.id, status]);
    const before = await users.rowCounts();
    const right = await users.logIn(person.username, person.password);
    expect(right).toMatchObject({ status: expected, body: { code } });
    const wrong = await users.logIn(person.username, 'wrong password');
    expect(wrong).toMatchObject({ status: 401, body: { code: 'CREDENTIALS_INVALID' } });
    expect(await users.rowCounts()).toEqual(before);
  });

  it('lets nobody in by password who has none', async () => {
    const person = somebody();
    const { user } = await users.register(person);
    await users.query('UPDATE users SET password_hash = NULL WHERE id = $1', [user.id]);
    expect(await users.logIn(person.username, person.password)).toMatchObject({ status: 401 });
  });

  it('hashes again what was hashed with weaker parameters', async () => {
    const person = somebody();
    const { user } = await users.register(person);
    const weak = await hash(person.password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await users.query('UPDATE users SET password_hash = $2 WHERE id = $1', [user.id, weak]);
    expect(await users.logIn(person.username, person.password)).toMatchObject({ status: 200 });
    const [row] = await users.query('SELECT password_hash FROM users WHERE id = $1', [user.id]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await users.logIn(person.username, person.password)).toMatchObject({ status: 200 });
  });

  it.each([
    ['no login', { password: 'x' }, 'login'],
    ['a number for a password', { login: 'alice', password: 7 }, 'password'],
    ['a password that is too long', { login: 'alice', password: 'a'.repeat(129) }, 'password'],
    ['an unknown field', { login: 'alice', password: 'x', admin: true }, 'admin'],
  ])('refuses %s', async (_, body, path) => {
    const answer = await users.post('/v1/auth/login', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
    expect(new Set(answer.body.errors?.map((error) => error.path))).toEqual(new Set([path]));
  });

  describe('after ten failures', () => {
    const fail = async (login: string, times: number, from = HERE) => {
      for (let count = 0; count < times; count += 1) {
        expect(await users.logIn(login, 'wrong password', from)).toMatchObject({ status: 401 });
      }
    };

    it('asks to wait, the right password too, but not from elsewhere', async () => {
      const person = somebody();
      await users.register(person);
      await fail(person.username, 10);
      const answer = await users.logIn(person.username, person.password);
      expect(answer).toMatchObject({ status: 429, body: { code: 'LOGIN_THROTTLED' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(20);
      expect(await users.logIn(person.username, person.password, ELSEWHERE)).toMatchObject({ status: 200 });
    });

    it('asks the same of one who does not exist', async () => {
      await fail('no.such.user', 10);
      expect(await users.logIn('no.such.user', 'wrong password')).toMatchObject({ status: 429 });
    });

    it('lets in when the delay is over, and forgets', async () => {
      const person = somebody();
      await users.register(person);
      await fail(person.username, 10);
      await users.query(`UPDATE login_failures SET blocked_until = now() - interval '1 s' WHERE blocked_until > now()`);
      expect(await users.logIn(person.username, person.password)).toMatchObject({ status: 200 });
      await fail(person.username, 9);
      expect(await users.logIn(person.username, person.password)).toMatchObject({ status: 200 });
    });

    it('waits longer after each further one', async () => {
      const person = somebody();
      await users.register(person);
      await fail(person.username, 10);
      await users.query(`UPDATE login_failures SET blocked_until = now() - interval '1 s' WHERE blocked_until > now()`);
      await fail(person.username, 1);
      const answer = await users.logIn(person.username, person.password);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(45);
    });

    it('answers no more guesses made at once than one after the other', async () => {
      const person = somebody();
      await users.register(person);
      const guess = (_: unknown, index: number) => (index === 25 ? person.password : `wrong password ${index}`);
      const guesses = Array.from({ length: 30 }, guess).map((password) => users.logIn(person.username, password));
      const statuses = (await Promise.all(guesses)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 401)).toHaveLength(10);
      expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    });
  });
});

describe('a flood of log-ins', () => {
  let users: UserUnderTest;

  beforeAll(async () => {
    users = await UserUnderTest.start({ PLAZA_HASHING_QUEUE: '4', PLAZA_LOGIN_FAILURES: '1000' });
  });

  afterAll(() => users?.stop());

  it('is refused past the queue, while somebody else gets in from elsewhere', async () => {
    const person = somebody();
    await users.register(person);
    const flood = Promise.all(Array.from({ length: 40 }, (_, index) => users.logIn<Problem>(`user${index}`, 'guess')));
    const victim = await users.logIn<SignedIn>(person.username, person.password, ELSEWHERE);
    expect(victim.status).toBe(200);
    const refused = (await flood).filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(20);
    expect(refused[0]).toMatchObject({ body: { code: 'PASSWORD_CHECKS_BUSY' } });
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
  });
});

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
