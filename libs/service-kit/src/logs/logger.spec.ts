import { QueryFailedError } from 'typeorm';
import { createAccessLogger, createLogger } from './logger.js';

function capture() {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  return { lines, logger: createLogger({ service: 'user-service', level: 'info', stream }), stream };
}

const last = (lines: string[]): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}');

it('writes one JSON object a line, with time, level as a word and the service', () => {
  const { lines, logger } = capture();
  logger.info({ port: 3001 }, 'started');
  expect(lines).toHaveLength(1);
  expect(last(lines)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    service: 'user-service',
    port: 3001,
    msg: 'started',
  });
});

it.each([
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'newPassword',
  'accessToken',
  'refreshToken',
  'refresh_token',
  'email',
  'e-mail',
  'phone',
  'clientSecret',
])('leaves out %s, however deep it lies', (key) => {
  const { lines, logger } = capture();
  logger.info({ request: { headers: [{ [key]: 'marker' }] }, [key]: 'marker' }, 'seen');
  expect(lines.join()).not.toContain('marker');
  expect(last(lines)[key]).toBe('[redacted]');
});

it('leaves out e-mail addresses in any text', () => {
  const { lines, logger } = capture();
  logger.error({ err: new Error('no mail to alice.b+c@example.co.uk'), note: 'bob@example.org' }, 'failed');
  expect(lines.join()).not.toMatch(/alice|bob@/);
});

it('tells what PostgreSQL refused, but not the data it repeats', () => {
  const { lines, logger } = capture();
  const driver = Object.assign(new Error('duplicate key value violates unique constraint "uq_users_email"'), {
    code: '23505',
    detail: 'Key (email)=(marker@example.org) already exists.',
    constraint: 'uq_users_email',
  });
  logger.error({ err: new QueryFailedError('INSERT INTO users VALUES ($1)', ['marker-parameter'], driver) }, 'failed');
  expect(lines.join()).not.toContain('marker');
  expect(last(lines).err).toMatchObject({
    type: 'QueryFailedError',
    query: 'INSERT INTO users VALUES ($1)',
    stack: expect.stringContaining('logger.spec'),
    cause: { code: '23505', constraint: 'uq_users_email' },
  });
});

it('survives objects that contain themselves', () => {
  const { lines, logger } = capture();
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  logger.info({ loop }, 'fine');
  expect(last(lines).msg).toBe('fine');
});

it('keeps to the level', () => {
  const { lines, logger, stream } = capture();
  logger.debug('no');
  createAccessLogger({ service: 'user-service', level: 'warn', stream }).info({ status: 200 });
  expect(lines).toEqual([]);
});
