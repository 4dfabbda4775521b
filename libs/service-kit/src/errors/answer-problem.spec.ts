import { connect } from 'node:net';
import Fastify from 'fastify';
import { createLogger } from '../logs/logger.js';
import { answerError } from './answer-problem.js';
import { Conflict, TooMany, Unauthenticated } from './problems.js';

/** A server whose every request fails with the given error; what it answers, and what it logs. */
async function answerTo(error: unknown) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: 'test', level: 'info', stream });
  const fastify = Fastify();
  fastify.get('/things/:id', (request, reply) => answerError(error, request, reply, logger));
  const answer = await fastify.inject('/things/7');
  return { answer, logged: lines.map((line): Record<string, unknown> => JSON.parse(line)) };
}

/** A server that reads bodies; `seen` is the first error that it meets. */
async function serverOfBodies() {
  const logged: string[] = [];
  const logger = createLogger({ service: 'test', level: 'info', stream: { write: (line) => void logged.push(line) } });
  const { promise: seen, resolve } = Promise.withResolvers<unknown>();
  const fastify = Fastify();
  fastify.setErrorHandler((error, request, reply) => {
    answerError(error, request, reply, logger);
    resolve(error);
  });
  fastify.post('/', async () => ({}));
  return { logged, seen, fastify };
}

it('answers a problem with its status, code and the id of the request, and logs nothing', async () => {
  const { answer, logged } = await answerTo(
    new Conflict('NAME_TAKEN', 'Taken.', { errors: [{ path: 'name', code: 'TAKEN', message: 'is taken' }] }),
  );
  expect(answer.statusCode).toBe(409);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.json()).toEqual({
    type: 'urn:plaza:problem:NAME_TAKEN',
    title: 'Conflict',
    status: 409,
    detail: 'Taken.',
    instance: `urn:plaza:request:${answer.headers['x-request-id']}`,
    code: 'NAME_TAKEN',
    errors: [{ path: 'name', code: 'TAKEN', message: 'is taken' }],
  });
  expect(logged).toEqual([]);
});

it('answers 500 to what nobody foresaw, and logs it once and in full', async () => {
  const { answer, logged } = await answerTo(new TypeError('x is not a function', { cause: new Error('deeper') }));
  expect(answer.json()).toMatchObject({ status: 500, code: 'INTERNAL' });
  expect(answer.body).not.toContain('not a function');
  expect(logged).toEqual([
    expect.objectContaining({
      level: 'error',
      method: 'GET',
      route: '/things/:id',
      err: expect.objectContaining({
        type: 'TypeError',
        message: 'x is not a function',
        stack: expect.stringContaining('answer-problem.spec'),
        cause: expect.objectContaining({ message: 'deeper' }),
      }),
    }),
  ]);
});

it.each(['a text', null, undefined, { code: 'FST_ERR_CTP_INVALID_JSON_BODY' }])(
  'answers 500 even when what was thrown is no error: %j',
  async (thrown) => {
    expect((await answerTo(thrown)).answer.statusCode).toBe(500);
  },
);

it('logs a database in trouble as a warning', async () => {
  const { answer, logged } = await answerTo(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
  expect(answer.statusCode).toBe(503);
  expect(logged).toEqual([expect.objectContaining({ level: 'warn', msg: 'DEPENDENCY_UNAVAILABLE' })]);
});

it('does not take a client that goes away in the middle of a body for a database in trouble', async () => {
  const { logged, seen, fastify } = await serverOfBodies();
  const socket = connect(Number(new URL(await fastify.listen({ port: 0, host: '127.0.0.1' })).port), '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{', () =>
    socket.destroy(),
  );
  expect(await seen).toMatchObject({ code: 'ECONNRESET' });
  expect(logged).toEqual([]);
  await fastify.close();
});

it('says when to come back, in whole seconds', async () => {
  const { answer } = await answerTo(new TooMany('RATE_EXCEEDED', 'Too many.', { retryAfter: 1.2 }));
  expect(answer.headers['retry-after']).toBe('2');
});

it('says how to authenticate', async () => {
  const challenge = async (code: string) =>
    (await answerTo(new Unauthenticated(code, 'No.'))).answer.headers['www-authenticate'];
  expect(await challenge('TOKEN_MISSING')).toBe('Bearer realm="plaza"');
  expect(await challenge('TOKEN_EXPIRED')).toBe('Bearer realm="plaza", error="invalid_token"');
});
