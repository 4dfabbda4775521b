import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Sample, startSample } from './sample/start-sample.js';

interface Problem {
  status: number;
  code: string;
  type: string;
  title: string;
  detail: string;
  instance: string;
  errors?: Array<{ path: string; code: string; message: string }>;
}

let sample: Sample;

beforeAll(async () => {
  sample = await startSample();
});
afterAll(() => sample?.end());

async function send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(`${sample.url}${path}`, { method, body, headers: { ...type, ...headers } });
  const content = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  const problem: Problem = content && isJson ? JSON.parse(content) : {};
  return { status: answer.status, headers: answer.headers, text: content, problem };
}

const post = (body: unknown) => send('POST', '/v1/things', JSON.stringify(body));

describe('what can not be read', () => {
  it.each([
    ['malformed JSON', '{"name":', {}, 400, 'JSON_MALFORMED'],
    ['a body that poisons prototypes', '{"__proto__":{"x":1}}', {}, 400, 'JSON_MALFORMED'],
    [
      'another media type',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    ['plain text', 'hello', { 'content-type': 'text/plain' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['a body that is too large', JSON.stringify({ name: 'x'.repeat(3_000) }), {}, 413, 'BODY_TOO_LARGE'],
  ])('answers %s with a problem', async (_what, body, headers, status, code) => {
    const { problem, headers: answered } = await send('POST', '/v1/things', body, headers);
    expect(problem).toMatchObject({ status, code });
    expect(answered.get('content-type')).toBe('application/problem+json');
  });

  it('reads the rest of a body that is too large: the connection goes on, and the answer is not lost', async () => {
    const socket = connect(Number(new URL(sample.url).port), '127.0.0.1');
    const chunk = `7d0\r\n${'x'.repeat(2_000)}\r\n`;
    const head = 'host: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
    socket.write(`POST /v1/things HTTP/1.1\r\n${head}${chunk.repeat(2)}`);
    const [first] = await once(socket, 'data');
    socket.write(`${chunk.repeat(500)}0\r\n\r\n`);
    socket.write('GET /v1/nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const answers = String(first) + (await text(socket));
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 404']);
  });

  it('answers an unknown route with 404 and a known one asked otherwise with 405 and its methods', async () => {
    expect((await send('GET', '/v1/nothing')).problem).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' });
    const { problem, headers } = await send('PATCH', `/v1/things/${randomUUID()}`);
    expect(problem).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(headers.get('allow')).toBe('DELETE, GET, HEAD');
  });

  it.each(['QUERY', 'PROPFIND', 'TRACE'])('answers the method %s, with or without a body, with 405', async (method) => {
    const { port } = new URL(sample.url);
    for (const rest of ['\r\n', 'content-type: application/json\r\ncontent-length: 2\r\n\r\n{}']) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.end(`${method} /v1/things HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${rest}`);
      const answer = await text(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 405 /);
      expect(answer).toMatch(/\r\nallow: GET, HEAD, POST\r\n/i);
    }
  });

  it.each([
    ['/v1/things/not-an-id', 'PATH_INVALID'],
    ['/v1/things?limit=many', 'QUERY_INVALID'],
    ['/v1/things?limit=101', 'QUERY_INVALID'],
    ['/v1/things?q=%00', 'URL_MALFORMED'],
    ['/v1/%zz', 'URL_MALFORMED'],
  ])('answers %s with 400 %s', async (path, code) => {
    expect((await send('GET', path)).problem).toMatchObject({ status: 400, code });
  });

  it('gives defaults and numbers to queries, and ignores parameters it does not know', async () => {
    expect(JSON.parse((await send('GET', '/v1/things?other=1')).text)).toMatchObject({ limit: 20 });
    expect(JSON.parse((await send('GET', '/v1/things?limit=7')).text)).toMatchObject({ limit: 7 });
  });
});

describe('what breaks a rule', () => {
  const thing = () => ({ id: randomUUID(), name: randomUUID().slice(0, 20) });

  it('names every field that is wrong, nested ones too', async () => {
    const { problem } = await post({ ...thing(), name: '', parts: [{ count: 0, color: 'GREEN' }] });
    expect(problem).toMatchObject({ status: 422, code: 'BODY_INVALID' });
    expect(problem.errors).toEqual([
      expect.objectContaining({ path: 'name', code: 'IS_LENGTH' }),
      expect.objectContaining({ path: 'parts.0.count', code: 'MIN' }),
      expect.objectContaining({ path: 'parts.0.color', code: 'IS_IN' }),
    ]);
  });

  it.each([
    ['an unknown field', { role: 'ADMIN' }, 'role'],
    ['an unknown nested field', { parts: [{ count: 1, color: 'RED', size: 2 }] }, 'parts.0.size'],
  ])('refuses %s', async (_what, more, path) => {
    const { problem } = await post({ ...thing(), ...more });
    expect(problem.status).toBe(422);
    expect(problem.errors).toEqual([expect.objectContaining({ path, code: 'UNKNOWN_FIELD' })]);
  });

  it.each([
    ['objects', `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`],
    ['lists', `{"name":${'['.repeat(900)}${']'.repeat(900)}}`],
  ])('refuses %s that are nested deeply, without an overflow', async (_what, body) => {
    const { problem } = await send('POST', '/v1/things', body);
    expect(problem).toMatchObject({ status: 422, code: 'BODY_INVALID', errors: [{ code: 'TOO_DEEP' }] });
  });

  it.each([['[]'], ['"text"'], ['null'], ['']])('refuses the body %s', async (body) => {
    const { problem } = await send('POST', '/v1/things', body);
    expect(problem).toMatchObject({ status: 422, code: 'BODY_INVALID' });
  });

  it('takes no body for an empty one where nothing in it has to be there', async () => {
    expect((await send('POST', '/v1/things/wishes')).text).toBe('{"color":"any"}');
    expect((await send('POST', '/v1/things/wishes', '')).text).toBe('{"color":"any"}');
    expect((await send('POST', '/v1/things/wishes', 'null')).problem.code).toBe('BODY_INVALID');
  });

  it.each(['\0', '\ud800'])('refuses characters that PostgreSQL can not store: %j', async (character) => {
    const { problem } = await post({ ...thing(), name: `a${character}` });
    expect(problem).toMatchObject({ status: 422, errors: [{ path: 'name', code: 'CHARACTER_INVALID' }] });
  });

  it('lets through what only looks like such characters', async () => {
    expect(
      (await send('POST', '/v1/things', `{"id":"${randomUUID()}","name":"\\ud83d\\ude00 \\\\u0000"}`)).status,
    ).toBe(201);
  });

  it('says 409 where the service does, and 500 never, for a name that two want at once', async () => {
    const { name } = thing();
    const answers = await Promise.all([1, 2, 3, 4].map(() => post({ id: randomUUID(), name })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.problem.code).toBe('NAME_TAKEN');
  });
});

describe('what nobody foresaw', () => {
  it('is a bare 500 with the id of the request', async () => {
    const { problem, text, headers } = await send('GET', '/v1/trouble/unforeseen');
    expect(problem).toEqual({
      type: 'urn:plaza:problem:INTERNAL',
      title: 'Internal Server Error',
      status: 500,
      detail: expect.any(String),
      instance: `urn:plaza:request:${headers.get('x-request-id')}`,
      code: 'INTERNAL',
    });
    expect(text).not.toContain('secret');
  });

  it('keeps the status of what Nest throws', async () => {
    expect((await send('GET', '/v1/trouble/nest')).problem).toMatchObject({ status: 418, detail: 'teapot' });
  });

  it('is 503 with Retry-After for a statement that takes too long', async () => {
    const { problem, headers } = await send('GET', '/v1/trouble/slow-statement');
    expect(problem).toMatchObject({ status: 503, code: 'DEPENDENCY_UNAVAILABLE' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is 503 with Retry-After when no connection is free in time', async () => {
    const held = [1, 2].map(() => send('GET', '/v1/trouble/hold?seconds=1.5'));
    const { problem } = await send('GET', `/v1/things/${randomUUID()}`, undefined, { 'x-plaza-deadline': '2400' });
    expect(problem).toMatchObject({ status: 503, code: 'DEPENDENCY_UNAVAILABLE' });
    await Promise.all(held);
  });
});

it.each([
  ['nonsense\r\n\r\n', 'HTTP/1.1 400', 'HTTP_MALFORMED'],
  [`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 'HTTP/1.1 431', 'HEADERS_TOO_LARGE'],
])('answers what is no HTTP with a problem, too (%#)', async (request, status, code) => {
  const socket = connect(Number(new URL(sample.url).port), '127.0.0.1');
  socket.end(request);
  const answer = await text(socket);
  expect(answer.startsWith(status)).toBe(true);
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code });
});

it('needs a token where a route is not public', async () => {
  const { problem, headers } = await send('GET', '/v1/private');
  expect(problem).toMatchObject({ status: 401, code: 'TOKEN_MISSING' });
  expect(headers.get('www-authenticate')).toBe('Bearer realm="plaza"');
});
