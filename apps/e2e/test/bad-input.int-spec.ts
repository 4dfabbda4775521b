import { randomUUID } from 'node:crypto';
import { Actor, type Answer, type RequestOptions, settle, testServers } from '@plaza/testing';
import { everythingIn } from '../src/contents.js';
import { NO_RATES, type Platform, startPlatform, type Topology } from '../src/platform.js';
import { Forger, MASTER_KEY, unsigned, withClaims } from '../src/tokens.js';
import { answerBeforeEnd, statusesOnOneConnection } from '../src/unfinished.js';
import { personNamed } from '../src/workload.js';

const TOPOLOGIES: Topology[] = ['all-in-one', 'services'];
const [REGISTER, ME] = ['/v1/auth/register', '/v1/users/me'];
/** Past what services read (128 KiB), and past what the gateway lets through (1 MiB). */
const [LARGE, HUGE] = [140_000, 1_100_000];

describe.each(TOPOLOGIES)('bad input (%s)', (topology) => {
  let platform: Platform;
  let alice: Actor;
  let forger: Forger;

  beforeAll(async () => {
    platform = await startPlatform(topology, testServers(), { ...NO_RATES, PLAZA_MASTER_KEY: MASTER_KEY });
    alice = await Actor.register(platform.client, personNamed('alice'));
    for (const name of ['bob', 'carol']) {
      const follower = await Actor.register(platform.client, personNamed(name));
      await follower.put(`/v1/follows/${alice.id}`);
    }
    forger = await Forger.of(platform);
    await settle({ prefix: platform.prefix, databases: Object.values(platform.databases) });
  }, 180_000);
  afterAll(() => platform?.stop());

  // Whatever a test here sends, nothing of it is written, not even half.
  let written: string[];
  beforeEach(async () => {
    written = await everythingIn(platform);
  });
  afterEach(async () => expect(await everythingIn(platform)).toEqual(written));

  /** The answer to a request that is refused: a problem with this status and code. */
  async function expectRefused(ask: () => Promise<Answer>, status: number, code: string): Promise<Answer> {
    const answer = await ask();
    const requestId = answer.headers.get('x-request-id');
    expect(answer).toMatchObject({ status, body: { status, code, instance: `urn:plaza:request:${requestId}` } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Object.keys(answer.body).sort()).toEqual(
      expect.arrayContaining(['code', 'detail', 'instance', 'status', 'title', 'type']),
    );
    return answer;
  }

  const ask = (method: string, path: string, options?: RequestOptions) => () =>
    platform.client.request(method, path, options);
  const asAlice = (method: string, path: string, options?: RequestOptions) => () =>
    platform.client.request(method, path, { ...options, token: alice.session.accessToken });

  it.each([
    ['GET', '/'],
    ['GET', '/v1/nothing'],
    ['GET', '/v1/users/me/nothing'],
    ['POST', '/v1/auth/nothing'],
    ['PUT', '/v1/follows'],
    ['GET', '/v1/social'],
    ['GET', '/V1/users/me'],
  ])('does not know %s %s', async (method, path) => {
    await expectRefused(asAlice(method, path), 404, 'ROUTE_NOT_FOUND');
  });

  it.each([
    ['PUT', ME],
    ['POST', '/v1/social/relationships'],
    ['GET', REGISTER],
  ])('does not know the method of %s %s', async (method, path) => {
    const { headers } = await expectRefused(asAlice(method, path), 405, 'METHOD_NOT_ALLOWED');
    expect(headers.get('allow')).toMatch(/^[A-Z]+(, [A-Z]+)*$/);
  });

  it.each([
    ['cut off', '{"email":"dora@exam'],
    ['no JSON', 'email=dora@example.org'],
    ['with a comma too many', '{"displayName":"Dora",}'],
  ])('refuses a body that is %s', async (_what, body) => {
    await expectRefused(ask('POST', REGISTER, { body }), 400, 'JSON_MALFORMED');
    await expectRefused(asAlice('PATCH', ME, { body }), 400, 'JSON_MALFORMED');
  });

  it('refuses another media type', async () => {
    const headers = { 'content-type': 'application/xml' };
    await expectRefused(ask('POST', REGISTER, { body: '<user/>', headers }), 415, 'MEDIA_TYPE_UNSUPPORTED');
  });

  const dora = { ...personNamed('dora') };
  it.each([
    ['POST', REGISTER, { ...dora, username: 7 }, 'username'],
    ['POST', REGISTER, { ...dora, email: { $ne: '' } }, 'email'],
    ['POST', REGISTER, { ...dora, password: ['a long password'] }, 'password'],
    ['POST', REGISTER, { ...dora, displayName: false }, 'displayName'],
    ['POST', REGISTER, [dora], ''],
    ['POST', '/v1/auth/refresh', { refreshToken: true }, 'refreshToken'],
    ['POST', '/v1/auth/login', { login: 'alice', password: {} }, 'password'],
    ['PATCH', ME, { displayName: 1 }, 'displayName'],
    ['PATCH', ME, { privacyLevel: 'SECRET' }, 'privacyLevel'],
    ['PUT', '/v1/users/me/privacy', { messages: 'EVERYONE' }, 'messages'],
    ['POST', REGISTER, { ...dora, role: 'ADMIN' }, 'role'],
    ['PATCH', ME, { displayName: 'Al', verified: true }, 'verified'],
    ['PATCH', ME, { id: randomUUID() }, 'id'],
  ])('refuses what breaks a rule: %s %s %p', async (method, path, body, field) => {
    const { errors } = (await expectRefused(asAlice(method, path, { body }), 422, 'BODY_INVALID')).body;
    expect(errors).toContainEqual({ path: field, code: expect.any(String), message: expect.any(String) });
  });

  it('names an unknown field as such', async () => {
    const { body } = await expectRefused(asAlice('PATCH', ME, { body: { role: 'ADMIN' } }), 422, 'BODY_INVALID');
    expect(body.errors).toEqual([{ path: 'role', code: 'UNKNOWN_FIELD', message: expect.any(String) }]);
  });

  it.each([
    ['/v1/users/no-id', 'PATH_INVALID'],
    ['/v1/social/no-id/followers', 'PATH_INVALID'],
    ['/v1/users', 'QUERY_INVALID'],
    ['/v1/social/{alice}/followers?limit=0', 'QUERY_INVALID'],
    ['/v1/social/{alice}/followers?limit=many', 'QUERY_INVALID'],
    ['/v1/users/%zz', 'URL_MALFORMED'],
  ])('refuses the path or query of %s', async (path, code) => {
    await expectRefused(asAlice('GET', path.replace('{alice}', alice.id)), 400, code);
  });

  describe('a body that is too large', () => {
    const unfinished = (sent: string, headers: Record<string, string>) => () =>
      answerBeforeEnd(platform.client.baseUrl, {
        method: 'PATCH',
        path: ME,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${alice.session.accessToken}`,
          ...headers,
        },
        sent,
      });

    it.each([LARGE, HUGE])('is refused where it is announced: %i bytes', async (bytes) => {
      const announced = unfinished('{', { 'content-length': String(bytes) });
      await expectRefused(announced, 413, 'BODY_TOO_LARGE');
    });

    it.each([LARGE, HUGE])('is refused where it comes in chunks, before its end: %i bytes', async (bytes) => {
      const chunked = unfinished(`{"displayName":"${'a'.repeat(bytes)}`, {});
      await expectRefused(chunked, 413, 'BODY_TOO_LARGE');
    });

    it('is not in the way of the next request on its connection', async () => {
      const head = 'host: plaza\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
      const chunk = `3e8\r\n${'a'.repeat(1_000)}\r\n`;
      const statuses = await statusesOnOneConnection(platform.client.baseUrl, [
        `POST ${REGISTER} HTTP/1.1\r\n${head}${chunk.repeat(900)}0\r\n\r\n`,
        'GET /v1/nothing HTTP/1.1\r\nhost: plaza\r\nconnection: close\r\n\r\n',
      ]);
      expect(statuses).toEqual([413, 404]);
    });

    it('is refused where it is sent to its end', async () => {
      const body = JSON.stringify({ ...dora, displayName: 'a'.repeat(LARGE) });
      await expectRefused(ask('POST', REGISTER, { body }), 413, 'BODY_TOO_LARGE');
    });
  });

  describe('a bad cursor', () => {
    const followers = () => `/v1/social/${alice.id}/followers`;
    const cursorOf = async (path: string) =>
      String((await alice.get<{ nextCursor: string | null }>(`${path}?limit=1`)).body.nextCursor);
    const changed = (cursor: string) => `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;

    it('is refused, in every list, and a good one is not', async () => {
      const good = await cursorOf(followers());
      expect((await alice.get(`${followers()}?cursor=${good}`)).status).toBe(200);
      const bad = ['x', 'A'.repeat(500), changed(good), `${good}A`, good.slice(0, -1)];
      for (const cursor of bad) {
        const lists = [followers(), `/v1/social/${alice.id}/following`, '/v1/auth/sessions', '/v1/users?q=ali'];
        for (const list of lists) {
          const refused = asAlice('GET', `${list}${list.includes('?') ? '&' : '?'}cursor=${cursor}`);
          await expectRefused(refused, 400, 'CURSOR_INVALID');
        }
      }
    });

    it('is that of another list', async () => {
      const cursor = await cursorOf(followers());
      await expectRefused(asAlice('GET', `/v1/social/${alice.id}/following?cursor=${cursor}`), 400, 'CURSOR_INVALID');
      await expectRefused(asAlice('GET', `/v1/auth/sessions?cursor=${cursor}`), 400, 'CURSOR_INVALID');
    });
  });

  describe('a token', () => {
    const routes = () => [
      ['GET', ME],
      ['PATCH', ME, { displayName: 'Mallory' }],
      ['GET', `/v1/social/${alice.id}/followers`],
      ['PUT', `/v1/follows/${alice.id}`],
      ['DELETE', '/v1/auth/sessions'],
    ];

    it.each([
      ['that is missing', () => undefined, 'TOKEN_MISSING'],
      ['that is none', () => 'x.y.z', 'TOKEN_INVALID'],
      ['that is a refresh token', () => alice.session.refreshToken, 'TOKEN_INVALID'],
      ['with another subject', () => withClaims(alice, { sub: randomUUID() }), 'TOKEN_INVALID'],
      ['with another role', () => withClaims(alice, { role: 'ADMIN' }), 'TOKEN_INVALID'],
      ['with a longer life', () => withClaims(alice, { exp: 4_000_000_000 }), 'TOKEN_INVALID'],
      ['without a signature', () => unsigned(alice), 'TOKEN_INVALID'],
      ['signed by another key', () => forger.signedByAnother(alice), 'TOKEN_INVALID'],
      ['that has expired', () => forger.genuine(alice, 1), 'TOKEN_EXPIRED'],
      ['that expired a month ago', () => forger.genuine(alice, 30 * 86_400), 'TOKEN_EXPIRED'],
    ])('%s opens nothing', async (_what, make, code) => {
      const token = await make();
      for (const [method, path, body] of routes()) {
        const options = { body, ...(token && { token }) };
        const { headers } = await expectRefused(ask(String(method), String(path), options), 401, code);
        expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="plaza"/);
      }
    });

    it('that the forger has made as the platform does is as good as its own', async () => {
      const token = await forger.genuine(alice, -60);
      expect((await platform.client.request('GET', ME, { token })).status).toBe(200);
    });
  });
});
