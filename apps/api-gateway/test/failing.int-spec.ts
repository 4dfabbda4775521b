import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '@plaza/testing';
import { Front } from './front.js';
import { type Dispatch, Target } from './target.js';

const DISPATCHERS: Dispatch[] = ['http', 'memory'];
/** Of the gateway under test. */
const BUDGET_MS = 500;

describe.each(DISPATCHERS)('services that fail (%s)', (dispatch) => {
  let front: Front;
  beforeEach(async () => {
    front = await Front.start(dispatch);
  });
  afterEach(() => front?.stop());

  const timed = async (path: string) => {
    const began = performance.now();
    const answer = await fetch(`${front.url}${path}`);
    const { status, headers } = answer;
    const body = (await answer.json()) as { code?: string };
    return { status, headers, body, ms: performance.now() - began };
  };
  const requestsOfUser = () => front.targets.user?.requests ?? 0;

  /** Lets the circuit open, by requests that are not answered. */
  const openCircuit = () => Promise.all([1, 2, 3].map(() => timed('/v1/users/hangs')));

  it('answers for a service that hangs, within the budget', async () => {
    const { status, headers, ms, body } = await timed('/v1/users/hangs');
    expect([status, body.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(ms).toBeGreaterThanOrEqual(BUDGET_MS - 10);
    expect(ms).toBeLessThan(BUDGET_MS * 2);
  });

  it('then leaves it in peace, and the others go on', async () => {
    await openCircuit();
    const before = requestsOfUser();
    const { status, headers, ms } = await timed('/v1/users/seen');
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(ms).toBeLessThan(BUDGET_MS / 2);
    expect(requestsOfUser()).toBe(before);
    expect((await timed('/v1/social/seen')).status).toBe(200);
    expect((await front.get('/health')).json.parts['user-service']).toMatchObject({ circuit: 'open' });
  });

  it('tries it again with one request, and is back when that is answered', async () => {
    await openCircuit();
    await eventually(async () => expect((await timed('/v1/users/seen')).status).toBe(200));
    expect((await timed('/v1/users/seen')).status).toBe(200);
  });

  it('stays away when the one request is not answered either', async () => {
    await openCircuit();
    await eventually(async () => {
      const { ms } = await timed('/v1/users/hangs');
      expect(ms).toBeGreaterThanOrEqual(BUDGET_MS - 10);
    });
    const { ms, status } = await timed('/v1/users/seen');
    expect(status).toBe(503);
    expect(ms).toBeLessThan(BUDGET_MS / 2);
  });

  it('is back as soon as the one request is being answered, however long that takes', async () => {
    await openCircuit();
    const ending = new AbortController();
    const streaming = await eventually(async () => {
      const answer = await fetch(`${front.url}/v1/users/stream`, { signal: ending.signal });
      expect(answer.status).toBe(200);
      return answer;
    });
    await eventually(async () => expect((await timed('/v1/users/seen')).status).toBe(200), { withinMs: BUDGET_MS * 2 });
    const reader = streaming.body?.getReader();
    // It goes on past the budget, for as long as something comes.
    for (let pieces = 0; pieces < 8; pieces += 1) expect((await reader?.read())?.done).toBe(false);
    ending.abort();
  });

  it('answers once, though the service answers late', async () => {
    expect((await timed('/v1/users/late')).status).toBe(503);
    // The same connection, the same process: neither was harmed by what came too late.
    expect((await timed('/v1/users/seen')).status).toBe(200);
  });

  it('lets a body take its time, as long as it goes on', async () => {
    const answer = await slowly('POST', '/v1/social/seen', 4, BUDGET_MS / 2);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('"body":"xxxx"');
  });

  it('blames the client for a body that stops coming, not the service', async () => {
    for (let i = 0; i < 3; i += 1) {
      const socket = connect(Number(new URL(front.url).port), '127.0.0.1');
      socket.write(
        'POST /v1/social/seen HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nhalf',
      );
      const answer = await text(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toContain('REQUEST_TIMEOUT');
    }
    expect((await timed('/v1/social/seen')).status).toBe(200);
  });

  it('does not count clients that went away', async () => {
    for (let i = 0; i < 5; i += 1) {
      const signal = AbortSignal.timeout(50);
      await expect(fetch(`${front.url}/v1/users/hangs`, { signal })).rejects.toThrow();
    }
    expect((await timed('/v1/users/seen')).status).toBe(200);
  });

  /** A body of one letter after the other. */
  async function slowly(method: string, path: string, pieces: number, everyMs: number): Promise<string> {
    const socket = connect(Number(new URL(front.url).port), '127.0.0.1');
    socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${pieces}\r\n\r\n`,
    );
    let sent = 0;
    const sending = setInterval(() => {
      socket.write('x');
      sent += 1;
      if (sent === pieces) clearInterval(sending);
    }, everyMs);
    return text(socket);
  }
});

describe('a service elsewhere (http)', () => {
  let front: Front;
  beforeEach(async () => {
    front = await Front.start('http');
  });
  afterEach(() => front?.stop());

  it('that is gone is answered for at once, and is back when it is back', async () => {
    const { user } = front.targets;
    if (!user) throw new Error('user-service did not start');
    expect((await front.get('/v1/users/seen')).status).toBe(200);
    const { port } = user;
    await user.stop();
    const began = performance.now();
    for (let i = 0; i < 10; i += 1) {
      expect(await front.get('/v1/users/seen')).toMatchObject({
        status: 503,
        headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
        json: { code: 'SERVICE_UNAVAILABLE' },
      });
    }
    expect(performance.now() - began).toBeLessThan(BUDGET_MS);
    expect((await front.get('/v1/social/seen')).status).toBe(200);
    front.targets.user = await Target.start('user-service', '/v1/users', port);
    await eventually(async () => expect((await front.get('/v1/users/seen')).status).toBe(200));
  });

  it('that is tired of waiting for a body does not leave the gateway with the rest', async () => {
    const answer = await front.raw('POST /v1/users/tired HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf');
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 408']);
  });

  it('that stops in the middle of an answer cuts it off', async () => {
    const answer = await fetch(`${front.url}/v1/users/stalls`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('the end of the gateway', () => {
  it('does not wait for connections that were opened in advance and never used', async () => {
    const front = await Front.start('memory');
    const socket = connect(Number(new URL(front.url).port), '127.0.0.1');
    await once(socket, 'connect');
    await eventually(async () => expect((await front.get('/health/live')).status).toBe(200));
    const gone = once(socket, 'close');
    const began = performance.now();
    await front.stop();
    await gone;
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('answers first what it has begun', async () => {
    const front = await Front.start('http');
    const answer = front.get('/v1/users/hangs');
    await eventually(() => expect(front.targets.user?.requests).toBe(1));
    const stopped = front.running.stop();
    expect((await answer).status).toBe(503);
    await stopped;
    await front.stop();
  });
});

describe('a service that did not start (memory)', () => {
  it('is answered for until it has started', async () => {
    const front = await Front.start('memory');
    const { user } = front.targets;
    front.targets.user = undefined;
    for (let i = 0; i < 5; i += 1) expect((await front.get('/v1/users/seen')).status).toBe(503);
    front.targets.user = user;
    expect((await front.get('/v1/users/seen')).status).toBe(200);
    await front.stop();
  });
});
