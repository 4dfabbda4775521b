import Fastify from 'fastify';
import { deadlineOf } from './deadline.js';
import { KnownRoutes } from './known-routes.js';
import { requestIdOf } from './request-id.js';
import { childOf } from './trace-parent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('a trace', () => {
  it("goes on from a good traceparent, keeping the caller's flags", () => {
    const child = childOf(`00-${TRACE}-00f067aa0ba902b7-00`);
    expect(child).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    expect(child).not.toContain('00f067aa0ba902b7');
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `01-${TRACE}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${TRACE}-00f067aa0ba902b7-01-more`,
  ])('begins anew for %j', (header) => {
    expect(childOf(header)).not.toContain(TRACE);
    expect(childOf(header)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('never gives two requests the same', () => {
    expect(new Set(Array.from({ length: 2_000 }, () => childOf(undefined))).size).toBe(2_000);
  });
});

describe('a deadline', () => {
  const now = 1_800_000_000_000;

  it.each([
    [undefined, 2_500],
    ['100', 100],
    ['0', 0],
    [String(now + 700), 700],
    ['99999', 2_500],
    [String(now + 99_999), 2_500],
    ['-5', 2_500],
    ['soon', 2_500],
    ['1e9', 2_500],
    [['100', '200'], 2_500],
  ])('for the header %j is %d ms from now', (header, left) => {
    expect(deadlineOf(header, 2_500, now) - now).toBe(left);
  });

  it('may lie in the past', () => {
    expect(deadlineOf(String(now - 50), 2_500, now)).toBe(now - 50);
  });
});

describe('a request id', () => {
  const idOf = (id: string | string[] | undefined) => requestIdOf({ headers: { 'x-request-id': id } });

  it("is the caller's where it is sane", () => {
    expect(idOf('01890a5d-ac96-774b-bcce-b302099a8057')).toBe('01890a5d-ac96-774b-bcce-b302099a8057');
  });

  it.each([undefined, 'a', 'a b c d e f', 'x'.repeat(65), 'line\nbreak-in-it', ['12345678']])('is new for %j', (id) => {
    expect(idOf(id)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('known routes', () => {
  const routes = new KnownRoutes();

  beforeAll(() => {
    const fastify = Fastify();
    routes.watch(fastify);
    fastify.get('/v1/things', async () => '');
    fastify.post('/v1/things', async () => '');
    fastify.put('/v1/things/:id/like', async () => '');
    fastify.delete('/files/*', async () => '');
    fastify.get('/a.b', async () => '');
  });

  it.each([
    ['/v1/things', ['GET', 'HEAD', 'POST']],
    ['/v1/things?limit=1', ['GET', 'HEAD', 'POST']],
    ['/v1/things/7/like', ['PUT']],
    ['/files/a/b/c', ['DELETE']],
    ['/v1/things/7', []],
    ['/v1/things/', []],
    ['/aXb', []],
  ])('for %s are %j', (url, methods) => {
    expect(routes.allowed(url)).toEqual(methods);
  });
});
