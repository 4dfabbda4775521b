import { Readable } from 'node:stream';
import { Front } from './front.js';
import type { Dispatch } from './target.js';

const DISPATCHERS: Dispatch[] = ['http', 'memory'];
const LIES = {
  'x-user-id': '1',
  'X-User-Role': 'ADMIN',
  'x-plaza-client-ip': '6.6.6.6',
  'X-Plaza-Deadline': '999999',
  'x-request-id': 'chosen-by-the-client',
  'x-forwarded-for': '6.6.6.6',
  'x-forwarded-host': 'evil.example',
  forwarded: 'for=6.6.6.6',
  'x-real-ip': '6.6.6.6',
  'x-auth-user': 'root',
};

describe.each(DISPATCHERS)('the edge (%s)', (dispatch) => {
  let front: Front;
  beforeAll(async () => {
    front = await Front.start(dispatch, { PLAZA_GATEWAY_BODY_LIMIT: '65536' });
  });
  afterAll(() => front?.stop());

  const requests = () => (front.targets.user?.requests ?? 0) + (front.targets.social?.requests ?? 0);

  describe('headers', () => {
    it('takes away what a client says about itself, from rawHeaders too', async () => {
      const { json, headers } = await front.get('/v1/social/seen', LIES);
      const said = JSON.stringify([json.headers, json.rawHeaders]);
      expect(said).not.toMatch(/6\.6\.6\.6|ADMIN|evil\.example|root|chosen-by|999999/);
      expect(json.headers['x-request-id']).toBe(headers['x-request-id']);
      expect(json.headers['x-forwarded-for']).toBe('127.0.0.1');
      expect(Number(json.headers['x-plaza-deadline'])).toBe(400);
    });

    it('passes on the token and what is of no concern to it', async () => {
      const authorization = `Bearer ${await front.token()}`;
      const { json } = await front.get('/v1/social/seen', { authorization, 'x-colour': 'green', 'if-match': '"1"' });
      expect(json.headers).toMatchObject({ authorization, 'x-colour': 'green', 'if-match': '"1"' });
    });

    it("goes on with the caller's trace, in a span of its own", async () => {
      const trace = 'a'.repeat(32);
      const { json } = await front.get('/v1/social/seen', { traceparent: `00-${trace}-${'b'.repeat(16)}-01` });
      expect(json.headers.traceparent).toMatch(new RegExp(`^00-${trace}-(?!b{16})[0-9a-f]{16}-01$`));
      expect(json.rawHeaders.filter((name: string) => name === 'traceparent')).toHaveLength(1);
    });

    it('takes away what the client says is for this connection alone', async () => {
      const answer = await front.raw(
        'GET /v1/social/seen HTTP/1.1\r\nhost: x\r\nconnection: close, x-hop\r\nx-hop: 1\r\nx-stays: 1\r\n\r\n',
      );
      expect(answer).toContain('"x-stays":"1"');
      expect(answer).not.toContain('"x-hop":"1"');
    });

    it.each(['x-request-id', 'authorization', 'x-plaza-deadline'])('can not be made to drop %s', async (name) => {
      const answer = await front.raw(`GET /v1/social/seen HTTP/1.1\r\nhost: x\r\nconnection: close, ${name}\r\n\r\n`);
      expect(answer).toMatch(/"x-request-id":"[0-9a-f-]{36}"/);
      expect(answer).toMatch(/"x-plaza-deadline":"400"/);
    });
  });

  describe('paths', () => {
    it.each([
      '/v1/users/../../health',
      '/v1/users/%2e%2e/%2e%2e/metrics',
      '/v1/users/..%2f..%2fmetrics',
      '/v1/users/%2e%2e%2fsocial/seen',
      '/v1/users//seen',
      '//v1/users/seen',
      '/v1/users\\..\\seen',
      '/v1/social/seen/..;/x/../y',
      'http://evil.example/v1/users/seen',
    ])('refuses %s', async (path) => {
      const before = requests();
      const answer = await front.raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
      expect(answer).toMatch(/"code":"(PATH_MALFORMED|URL_MALFORMED|ROUTE_NOT_FOUND)"/);
      expect(requests()).toBe(before);
    });

    it.each(['/V1/users/seen', '/v1/USERS/seen', '/v1/usersx', '/v2/users', '/', '/v1', '/v1/streams'])(
      'knows nothing at %s',
      async (path) => {
        const before = requests();
        expect(await front.get(path)).toMatchObject({ status: 404, json: { code: 'ROUTE_NOT_FOUND' } });
        expect(requests()).toBe(before);
      },
    );

    it('never shows the health, metrics or documentation of a service', async () => {
      const before = requests();
      for (const path of ['/health', '/health/startup', '/metrics']) {
        expect((await front.get(path)).text).not.toContain('the service');
      }
      expect((await front.get('/health/../v1/users/seen')).status).not.toBe(200);
      expect(requests() - before).toBeLessThanOrEqual(dispatch === 'http' ? 4 : 0);
    });

    it('hands on an escaped prefix to the service that it means', async () => {
      const before = front.targets.user?.requests ?? 0;
      expect((await front.get('/v1/%75sers/seen')).status).toBe(200);
      expect(front.targets.user?.requests).toBe(before + 1);
    });

    it.each(['/v1/users/%zz', '/v1/users/%ff%fe', '/%'])('calls %s malformed', async (path) => {
      expect(await front.get(path)).toMatchObject({
        status: 400,
        json: { code: expect.stringMatching(/_MALFORMED$/) },
      });
    });
  });

  describe('sizes and forms', () => {
    const tooMuch = Buffer.alloc(65_537, ' ');

    it('refuses a body that is announced as too large', async () => {
      const before = requests();
      const answer = await front.ask({ method: 'POST', path: '/v1/social/seen', body: tooMuch });
      expect(answer).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
      expect(requests()).toBe(before);
    });

    it('refuses a body that turns out too large', async () => {
      const body = Readable.from([tooMuch.subarray(0, 40_000), tooMuch.subarray(0, 40_000)]);
      const answer = await front.ask({ method: 'POST', path: '/v1/social/seen', body }).catch(() => undefined);
      // A client that is still writing may meet the end of the connection before it reads the answer.
      if (answer) expect(answer).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
      expect((await front.get('/v1/social/seen')).status).toBe(200);
    });

    it('takes a body of just the limit', async () => {
      const body = Readable.from([tooMuch.subarray(1)]);
      const headers = { 'content-type': 'text/plain' };
      expect((await front.ask({ method: 'POST', path: '/v1/social/seen', headers, body })).status).toBe(200);
    });

    it.each([
      ['headers that are too large', `GET /v1/users HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
      ['what is not HTTP', 'good morning\r\n\r\n', 400],
      ['two lengths', 'POST /v1/users HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
      [
        'a length beside chunks',
        'POST /v1/users HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
      ],
    ])('answers %s with a problem', async (_what, request, status) => {
      const answer = await front.raw(request);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
    });

    it.each(['PROPFIND', 'TRACE', 'PURGE'])('does not know the method %s', async (method) => {
      const answer = await front.raw(`${method} /v1/users/seen HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 405 /);
      expect(answer).toMatch(/\r\nallow: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT\r\n/i);
    });
  });
});

describe('proxies in front', () => {
  it.each([
    ['a trusted one', '127.0.0.1', '203.0.113.9'],
    ['a trusted network', '127.0.0.0/8', '203.0.113.9'],
    ['another one', '192.0.2.1', '127.0.0.1'],
  ])('believes x-forwarded-for of %s alone', async (_what, trusted, seen) => {
    const front = await Front.start('memory', { PLAZA_TRUSTED_PROXIES: trusted });
    const { json } = await front.get('/v1/social/seen', { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' });
    expect(json.headers['x-forwarded-for']).toBe(seen);
    await front.stop();
  });
});

describe('web pages of other origins', () => {
  const origin = 'https://app.example.org';
  const preflight = {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization',
  };

  it('may call where their origin is configured', async () => {
    const front = await Front.start('memory', { PLAZA_CORS_ORIGINS: `${origin},https://other.example.org` });
    const asked = await front.ask({ method: 'OPTIONS', path: '/v1/social/seen', headers: preflight });
    expect(asked).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': origin } });
    const { headers } = await front.get('/v1/social/seen', { origin });
    expect(headers['access-control-allow-origin']).toBe(origin);
    expect(headers['access-control-expose-headers']).toMatch(/ratelimit/);
    const refused = await front.get('/v1/social/seen', { origin: 'https://evil.example' });
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    await front.stop();
  });

  it('may not call where none is', async () => {
    const front = await Front.start('memory');
    const { headers } = await front.get('/v1/social/seen', { origin });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    await front.stop();
  });
});
