import { SigningKeys } from '@plaza/service-kit';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { AccessTokens } from '../src/signing-keys/access-tokens.js';
import { SigningKeyPairs } from '../src/signing-keys/signing-key-pairs.service.js';
import { somebody, UserUnderTest } from './user-under-test.js';

interface Jwks {
  keys: Array<Record<string, string>>;
}

const MINUTE = 60_000;

describe('signing keys', () => {
  let users: UserUnderTest;
  let pairs: SigningKeyPairs;

  beforeEach(async () => {
    users = await UserUnderTest.start({ PLAZA_SIGNING_KEY_ROTATION: '30d' });
    pairs = users.service.running.app.get(SigningKeyPairs);
  });

  afterEach(() => users?.stop());

  const jwks = async () => (await users.request<Jwks>('GET', '/.well-known/jwks.json')).body;
  const kidOf = (token: string) => decodeProtectedHeader(token).kid;
  const signIn = async () => (await users.register(somebody())).accessToken;
  const works = async (token: string) => (await users.request('GET', '/v1/users/me', { token })).status;
  const facts = async () => (await users.facts()).filter(({ type }) => type === 'signing-key.published');
  /** As if so much time had passed for all keys. */
  const later = (minutes: number) =>
    users.query(
      `UPDATE signing_key_pairs SET signs_from = signs_from - $1 * interval '1 min',
         accepted_until = accepted_until - $1 * interval '1 min'`,
      [minutes],
    );
  /** What an instance does by itself every 30 s. */
  const forgetKey = () => Reflect.set(users.service.running.app.get(AccessTokens), 'key', undefined);

  it('are there from the start, and outsiders can verify tokens with them', async () => {
    const token = await signIn();
    const keys = await jwks();
    expect(keys).toEqual({
      keys: [{ kid: kidOf(token), kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x: expect.any(String) }],
    });
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: 'plaza',
      audience: 'plaza',
      typ: 'at+jwt',
    });
    expect(protectedHeader.alg).toBe('EdDSA');
    expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
    expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'role', 'sid', 'sub']);
  });

  it('are sealed in the database and absent from facts', async () => {
    const [row] = await users.query<{ sealed: string; dump: string }>(
      'SELECT sealed_private_jwk AS sealed, k::text AS dump FROM signing_key_pairs k',
    );
    expect(row?.sealed).toMatch(/^v1\./);
    expect(row?.dump).not.toContain('"d"');
    expect(JSON.stringify(await facts())).not.toContain('"d"');
  });

  it('stay as they are until it is time', async () => {
    await later(29 * 24 * 60);
    await pairs.rotate();
    expect((await jwks()).keys).toHaveLength(1);
    expect(await facts()).toHaveLength(1);
  });

  it('rotate: the next is published at least 15 minutes before it signs, the last is accepted long enough', async () => {
    const old = await signIn();
    await later(30 * 24 * 60);
    await pairs.rotate();
    const [first, end, next] = (await facts()).map(({ payload }) => payload);
    expect(first).toMatchObject({ kid: kidOf(old), acceptedUntil: null });
    expect(end).toMatchObject({ kid: kidOf(old) });
    const signsFrom = Date.parse(String(next?.signsFrom));
    expect(signsFrom - Date.now()).toBeGreaterThan(14.5 * MINUTE);
    expect(Date.parse(String(end?.acceptedUntil)) - signsFrom).toBe(25 * MINUTE);

    forgetKey();
    expect(kidOf(await signIn())).toBe(kidOf(old));
    expect((await jwks()).keys.map(({ kid }) => kid).sort()).toEqual([kidOf(old), next?.kid].sort());

    await later(16);
    forgetKey();
    const token = await signIn();
    expect(kidOf(token)).toBe(next?.kid);
    expect([await works(old), await works(token)]).toEqual([200, 200]);

    await later(25);
    expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([next?.kid]);
  });

  it('are made once by many who try at once', async () => {
    await later(30 * 24 * 60);
    await Promise.all(Array.from({ length: 8 }, () => pairs.rotate()));
    const [row] = await users.query('SELECT count(*)::int FROM signing_key_pairs');
    expect(row).toEqual({ count: 2 });
  });

  it('are known to another instance that starts while they are there', async () => {
    const token = await signIn();
    const another = await users.anotherInstance();
    try {
      expect(another.app.get(SigningKeys).known(String(kidOf(token)))).toBeDefined();
    } finally {
      await another.stop();
    }
  });

  it('that can be opened no more are not replaced in secret: no token, no account, and no start', async () => {
    await users.query(`UPDATE signing_key_pairs SET sealed_private_jwk = 'v1.00000000.AAAA'`);
    forgetKey();
    const answer = await users.post('/v1/auth/register', somebody());
    expect(answer.status).toBe(500);
    expect(await users.query('SELECT FROM users')).toEqual([]);
    await expect(users.anotherInstance()).rejects.toThrow(/PLAZA_MASTER_KEY/);
  });
});
