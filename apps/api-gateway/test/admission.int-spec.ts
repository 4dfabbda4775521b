import { randomUUID } from 'node:crypto';
import { Revocations } from '@plaza/service-kit';
import { Front } from './front.js';

/** Written by nobody who has the key. */
const FORGED = `${part({ alg: 'EdDSA', typ: 'at+jwt', kid: 'test-key' })}.${part({ iss: 'plaza' })}.${'A'.repeat(86)}`;

describe('tokens at the gateway', () => {
  let front: Front;
  beforeAll(async () => {
    front = await Front.start('memory');
  });
  afterAll(() => front?.stop());

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('go on when they are good', async () => {
    expect((await front.get('/v1/social/seen', bearer(await front.token()))).status).toBe(200);
  });

  it('are not asked for: whether a route needs one is for the service to say', async () => {
    expect((await front.get('/v1/social/seen')).status).toBe(200);
  });

  it.each([
    ['forged', async () => `Bearer ${FORGED}`, 'TOKEN_INVALID'],
    ['nonsense', async () => 'Bearer nonsense', 'TOKEN_INVALID'],
    ['of another scheme', async () => 'Basic YTpi', 'TOKEN_INVALID'],
    ['expired', async () => `Bearer ${await front.token({ now: new Date(Date.now() - 3_600_000) })}`, 'TOKEN_EXPIRED'],
  ])('are refused when %s, and the service is not asked', async (_what, authorization, code) => {
    const before = front.targets.social?.requests;
    const answer = await front.get('/v1/social/seen', { authorization: await authorization() });
    expect(answer).toMatchObject({ status: 401, json: { code } });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="plaza", error="invalid_token"/);
    expect(front.targets.social?.requests).toBe(before);
  });

  it('are refused from the moment their session is revoked', async () => {
    const sessionId = randomUUID();
    const headers = bearer(await front.token({ sessionId }));
    expect((await front.get('/v1/social/seen', headers)).status).toBe(200);
    const tokensExpireAt = new Date(Date.now() + 600_000);
    front.running.app.get(Revocations).add({ sessionId, tokensExpireAt });
    expect(await front.get('/v1/social/seen', headers)).toMatchObject({
      status: 401,
      json: { code: 'SESSION_REVOKED' },
    });
  });

  it.each(['/v1/auth/login', '/v1/auth/register', '/v1/auth/refresh'])(
    'that have expired are not in the way of a new one at %s',
    async (path) => {
      const authorization = `Bearer ${await front.token({ now: new Date(Date.now() - 3_600_000) })}`;
      const { status } = await front.ask({ method: 'POST', path, headers: { authorization } });
      // The service of this test has no such route.
      expect(status).toBe(404);
    },
  );

  it.each(['/.well-known/jwks.json', '/openapi.json', '/asyncapi.json', '/docs/'])(
    'that are bad are not in the way of what is open to all: %s',
    async (path) => expect((await front.get(path, bearer('nonsense'))).status).not.toBe(401),
  );
});

describe('rates', () => {
  let front: Front;
  beforeEach(async () => {
    front = await Front.start('memory', {
      PLAZA_RATE_USER_PER_MINUTE: '5',
      PLAZA_RATE_IP_PER_MINUTE: '8',
      PLAZA_RATE_SIGN_IN_PER_MINUTE: '3',
      PLAZA_TRUSTED_PROXIES: '127.0.0.1',
    });
  });
  afterEach(() => front?.stop());

  const asUser = async (id: string) => ({ authorization: `Bearer ${await front.token({ id })}` });
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const statuses = async (times: number, ask: () => Promise<{ status: number }>) => {
    const all: number[] = [];
    for (let i = 0; i < times; i += 1) all.push((await ask()).status);
    return all;
  };

  it('hold per user, whichever of the sessions, and are told', async () => {
    const alice = randomUUID();
    const first = await front.get('/v1/social/seen', await asUser(alice));
    expect(first.headers).toMatchObject({ 'ratelimit-policy': '"user";q=5;w=60', ratelimit: '"user";r=4;t=60' });
    expect(await statuses(4, async () => front.get('/v1/social/seen', await asUser(alice)))).toEqual(
      Array(4).fill(200),
    );
    const before = front.targets.social?.requests;
    const refused = await front.get('/v1/social/seen', await asUser(alice));
    expect(refused).toMatchObject({ status: 429, json: { code: 'RATE_LIMITED' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers.ratelimit).toMatch(/^"user";r=0;t=\d+$/);
    expect(front.targets.social?.requests).toBe(before);
    expect((await front.get('/v1/social/seen', await asUser(randomUUID()))).status).toBe(200);
    expect((await front.get('/metrics')).text).toMatch(/plaza_gateway_rate_limited_total\{limit="user"[^}]*\} 1/);
  });

  it('hold per address without a token, and per /64 of IPv6', async () => {
    expect(await statuses(9, () => front.get('/v1/social/seen', from('203.0.113.1')))).toEqual([
      ...Array(8).fill(200),
      429,
    ]);
    expect((await front.get('/v1/social/seen', from('203.0.113.2'))).status).toBe(200);
    let host = 0;
    const neighbour = () => {
      host += 1;
      return front.get('/v1/social/seen', from(`2001:db8:0:1::${host.toString(16)}`));
    };
    expect(await statuses(9, neighbour)).toEqual([...Array(8).fill(200), 429]);
    expect((await front.get('/v1/social/seen', from('2001:db8:0:2::1'))).status).toBe(200);
  });

  it('hold for sign-ins more tightly, whatever the spelling, also with a token along', async () => {
    const headers = { ...(await asUser(randomUUID())), ...from('203.0.113.3') };
    const paths = ['/v1/auth/login', '/v1/auth/register', '/v1/auth/%6cogin?x=1', '/v1/auth/login/'];
    const all: number[] = [];
    for (const path of paths) all.push((await front.ask({ method: 'POST', path, headers })).status);
    expect(all).toEqual([404, 404, 404, 429]);
    const { headers: told } = await front.ask({ method: 'POST', path: '/v1/auth/login', headers });
    expect(told['ratelimit-policy']).toBe('"address";q=8;w=60, "sign-in";q=3;w=60');
    expect((await front.get('/v1/social/seen', from('203.0.113.3'))).status).toBe(200);
  });

  it('hold for bad tokens, and good ones that are known are not in their way', async () => {
    const good = { ...(await asUser(randomUUID())), ...from('203.0.113.4') };
    expect((await front.get('/v1/social/seen', good)).status).toBe(200);
    const bad = { authorization: `Bearer ${FORGED}`, ...from('203.0.113.4') };
    const all = await statuses(10, () => front.get('/v1/social/seen', bad));
    expect(all.slice(0, 8)).toEqual(Array(8).fill(401));
    expect(all.at(-1)).toBe(429);
    const { headers } = await front.get('/v1/social/seen', bad);
    expect(headers).toMatchObject({ 'ratelimit-policy': '"bad-token";q=8;w=60', 'retry-after': expect.anything() });
    expect((await front.get('/v1/social/seen', good)).status).toBe(200);
  });

  it('do not hold for the health of the gateway', async () => {
    expect(await statuses(12, () => front.get('/health/live'))).toEqual(Array(12).fill(200));
  });
});

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
