import { Readable } from 'node:stream';
import { ABSENT_PREFIXES, Front } from './front.js';
import type { Dispatch } from './target.js';

const DISPATCHERS: Dispatch[] = ['http', 'memory'];

describe.each(DISPATCHERS)('requests on their way to a service (%s)', (dispatch) => {
  let front: Front;
  beforeAll(async () => {
    front = await Front.start(dispatch);
  });
  afterAll(() => front?.stop());

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('hands on %s with its query', async (method) => {
    const { status, json } = await front.ask({ method, path: '/v1/social/seen?q=a%20b&q=c' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ method, url: '/v1/social/seen?q=a%20b&q=c' });
  });

  it('hands on a HEAD', async () => {
    const { status, text } = await front.ask({ method: 'HEAD', path: '/v1/social/seen' });
    expect([status, text]).toEqual([200, '']);
  });

  it('hands on a body with its length', async () => {
    const headers = { 'content-type': 'application/json' };
    const { json } = await front.ask({ method: 'POST', path: '/v1/social/seen', headers, body: '{"a":1}' });
    expect(json).toMatchObject({ body: { a: 1 }, headers: { 'content-type': 'application/json' } });
  });

  it('hands on a body in chunks', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = Readable.from([Buffer.from('{"a":'), Buffer.from('1}')]);
    const { json } = await front.ask({ method: 'POST', path: '/v1/social/seen', headers, body });
    expect(json).toMatchObject({ body: { a: 1 } });
  });

  it('hands on a body that it can not read: that is for the service to say', async () => {
    const headers = { 'content-type': 'application/json' };
    const { status } = await front.ask({ method: 'POST', path: '/v1/social/seen', headers, body: '{"a":' });
    expect(status).toBe(400);
  });

  it('chooses the service by the prefix', async () => {
    const before = front.targets.user?.requests ?? 0;
    expect((await front.get('/v1/users/seen')).status).toBe(200);
    expect(front.targets.user?.requests).toBe(before + 1);
  });

  it("gives the service's status, headers and body as they are", async () => {
    const { status, headers, json } = await front.get('/v1/social/headers');
    expect([status, json]).toEqual([201, { ok: true }]);
    expect(headers).toMatchObject({ location: '/v1/somewhere', 'set-cookie': ['a=1', 'b=2'] });
  });

  it('gives large answers whole', async () => {
    expect((await front.get('/v1/social/large')).text).toHaveLength(3_000_000);
  });

  it('passes on errors of the service as they are, however many', async () => {
    for (let i = 0; i < 5; i += 1) {
      expect(await front.get('/v1/social/broken')).toMatchObject({ status: 500, json: { code: 'OF_THE_SERVICE' } });
      expect(await front.get('/v1/social/away')).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
    }
    expect((await front.get('/v1/social/seen')).status).toBe(200);
  });

  it.each([...ABSENT_PREFIXES, '/v1/posts'])('answers 503 for %s, whose service is not there', async (prefix) => {
    const { status, headers, json } = await front.get(prefix);
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': expect.any(String) });
    expect(json).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('puts security headers and a request id on every answer', async () => {
    for (const path of ['/v1/social/seen', '/v1/posts', '/v1/nothing']) {
      const { headers } = await front.get(path);
      expect(headers).toMatchObject({
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=15552000',
      });
    }
  });

  it('counts and times what it handed on', async () => {
    await front.get('/v1/social/broken');
    const { text } = await front.get('/metrics');
    expect(text).toMatch(/plaza_http_request_duration_seconds_count\{[^}]*route="\/v1\/social\/\*"[^}]*status="500"/);
  });
});
