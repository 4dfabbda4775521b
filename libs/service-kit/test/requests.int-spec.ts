import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Sample, startSample } from './sample/start-sample.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

let sample: Sample;

beforeAll(async () => {
  sample = await startSample();
});
afterAll(() => sample?.end());

async function get(path: string, headers: Record<string, string> = {}) {
  const begun = performance.now();
  const answer = await fetch(`${sample.url}${path}`, { headers });
  const body: Record<string, unknown> = JSON.parse(await answer.text());
  return { status: answer.status, headers: answer.headers, body, ms: performance.now() - begun };
}

describe('the context of a request', () => {
  it('keeps a sane request id, and answers with it', async () => {
    const { body, headers } = await get('/v1/trouble/context', { 'x-request-id': 'abc-123_DEF.9' });
    expect(body.requestId).toBe('abc-123_DEF.9');
    expect(headers.get('x-request-id')).toBe('abc-123_DEF.9');
  });

  it.each(['', 'short', 'has space in it', 'a'.repeat(65), '<script>alert(1)</script>'])(
    'makes a new request id in place of %j',
    async (id) => {
      const { body, headers } = await get('/v1/trouble/context', { 'x-request-id': id });
      expect(body.requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('x-request-id')).toBe(body.requestId);
    },
  );

  it('goes on with the trace of the caller, with a span of its own', async () => {
    const traceparent = `00-${TRACE}-00f067aa0ba902b7-00`;
    const { body } = await get('/v1/trouble/context', { traceparent });
    expect(body.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    expect(body.traceparent).not.toBe(traceparent);
  });

  it('hands the trace on to the facts that the request adds', async () => {
    const { body } = await get('/v1/trouble/fact', { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` });
    expect(body.traceparent).toContain(TRACE);
    expect(body.factHas).toBe(body.traceparent);
  });

  it('begins a trace where there is none', async () => {
    const { body } = await get('/v1/trouble/context', { traceparent: 'nonsense' });
    expect(body.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('is there after the body was read', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(1_000) });
    const headers = { 'content-type': 'application/json', 'x-request-id': 'after-the-body' };
    const answer = await fetch(`${sample.url}/v1/trouble/context`, { method: 'POST', headers, body });
    expect(await answer.json()).toEqual({ requestId: 'after-the-body' });
  });

  it('does not mix up requests that are served at once', async () => {
    const ids = Array.from({ length: 20 }, () => randomUUID());
    const answers = await Promise.all(ids.map((id) => get('/v1/trouble/context', { 'x-request-id': id })));
    expect(answers.map(({ body }) => body.requestId)).toEqual(ids);
  });

  it("believes the gateway's word for the client's address", async () => {
    const { body } = await get('/v1/trouble/context', { 'x-forwarded-for': '203.0.113.7' });
    expect(body.ip).toBe('203.0.113.7');
  });
});

describe('the deadline of a request', () => {
  it('is 2.5 s where nobody says otherwise: then the answer is 503', async () => {
    const { status, body, headers, ms } = await get('/v1/trouble/never');
    expect(status).toBe(503);
    expect(body.code).toBe('DEADLINE_EXCEEDED');
    expect(headers.get('retry-after')).toBe('1');
    expect(ms).toBeGreaterThan(2_400);
    expect(ms).toBeLessThan(4_000);
  });

  it.each([
    ['what is left', () => '150'],
    ['a point in time', () => String(Date.now() + 150)],
  ])('can be shortened by the caller, as %s', async (_what, header) => {
    const { status, ms } = await get('/v1/trouble/never', { 'x-plaza-deadline': header() });
    expect(status).toBe(503);
    expect(ms).toBeLessThan(1_500);
  });

  it('answers once: what the handler says later is dropped', async () => {
    const late = await get('/v1/trouble/late', { 'x-plaza-deadline': '100' });
    expect(late.body.code).toBe('DEADLINE_EXCEEDED');
    expect((await get('/v1/trouble/late')).body).toEqual({ late: true });
  });

  it('ends a connection whose body does not come, and blames the client', async () => {
    const { port } = new URL(sample.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n');
    socket.write('x-plaza-deadline: 200\r\n\r\n{');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*"code":"REQUEST_TIMEOUT"/s);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('does not hold for uploads and the like', async () => {
    const answer = await fetch(`${sample.url}/v1/trouble/upload`, {
      method: 'PUT',
      headers: { 'x-plaza-deadline': '50' },
    });
    expect(await answer.json()).toMatchObject({ infinite: true });
  });
});
