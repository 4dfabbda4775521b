import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import { StreamBed } from './stream-bed.js';
import { StreamProbe } from './stream-probe.js';

const APP = 'https://app.example.org';

describe('a request for a socket', () => {
  let bed: StreamBed;
  let token: string;
  beforeAll(async () => {
    bed = await StreamBed.start('http', {
      PLAZA_CORS_ORIGINS: APP,
      PLAZA_STREAM_CONNECTIONS: '4',
      PLAZA_STREAM_CONNECTIONS_PER_USER: '2',
    });
  });
  beforeEach(async () => {
    token = await bed.token(randomUUID());
  });
  afterEach(() => bed.hangUp());
  afterAll(() => bed?.stop());

  const problemOf = async (probe: StreamProbe) => {
    const { status, headers, body } = await probe.refused;
    expect(headers['content-type']).toContain('application/problem+json');
    return { status, code: JSON.parse(body).code, retryAfter: headers['retry-after'] };
  };

  it('brings its token in Authorization, or beside plaza.v1 where it comes from a browser', async () => {
    await (await bed.open({ token })).next('ready');
    const browser = await bed.open({ protocols: ['plaza.v1', token], headers: { origin: APP } });
    await browser.next('ready');
    expect(browser.socket.protocol).toBe('plaza.v1');
  });

  it.each(['https://evil.example.org', 'null', `${APP}.evil.example.org`])(
    'is refused from a page of %s, whatever its token',
    async (origin) => {
      const probe = await bed.open({ token, headers: { origin } });
      expect(await problemOf(probe)).toMatchObject({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
    },
  );

  it('is refused past the sockets of one user, who is told when to try again', async () => {
    await Promise.all([1, 2].map(async () => (await bed.open({ token })).next('ready')));
    expect(await problemOf(await bed.open({ token }))).toEqual({
      status: 429,
      code: 'TOO_MANY_CONNECTIONS',
      retryAfter: '5',
    });
  });

  it('is refused past the sockets of all', async () => {
    for (let n = 0; n < 4; n += 1) await bed.connect(randomUUID());
    const refused = await problemOf(await bed.open({ token }));
    expect(refused).toMatchObject({ status: 503, code: 'STREAM_FULL', retryAfter: expect.any(String) });
  });

  it('is answered with 426 where it does not ask for a WebSocket', async () => {
    const answer = await request(`${bed.gateway.url}/v1/stream`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.statusCode).toBe(426);
    expect(answer.headers.upgrade).toBe('websocket');
    expect(await answer.body.json()).toMatchObject({ code: 'UPGRADE_REQUIRED' });
  });

  it.each(['POST', 'PUT', 'DELETE'] as const)('is nothing that %s could be', async (method) => {
    const answer = await request(`${bed.gateway.url}/v1/stream`, { method });
    expect(answer.statusCode).toBe(404);
    await answer.body.dump();
  });

  it('that asks for an upgrade elsewhere is answered as if it did not', async () => {
    const url = `${bed.gateway.url?.replace('http', 'ws')}/v1/presence`;
    const { status } = await new StreamProbe(url, { headers: { authorization: `Bearer ${token}` } }).refused;
    // messaging-service has nothing to be read there.
    expect(status).toBe(404);
  });

  it('counts as a request of its user', async () => {
    const limited = await StreamBed.start('memory', { PLAZA_RATE_USER_PER_MINUTE: '2' });
    try {
      const hers = await limited.token(randomUUID());
      await Promise.all([1, 2].map(async () => (await limited.open({ token: hers })).next('ready')));
      const refused = await problemOf(await limited.open({ token: hers }));
      expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    } finally {
      await limited.stop();
    }
  });

  it('is answered with 503 while the gateway does not know what has happened', async () => {
    const without = await StreamBed.withoutKafka();
    try {
      const refused = await problemOf(await without.open({ token: await without.token(randomUUID()) }));
      expect(refused).toEqual({ status: 503, code: 'STREAM_NOT_READY', retryAfter: expect.any(String) });
    } finally {
      await without.stop();
    }
  });
});
