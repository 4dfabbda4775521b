import type { FastifyInstance } from 'fastify';
import { type FieldError, Invalid } from '../errors/problems.js';

/** Escapes that may stand for what PostgreSQL can't store: U+0000, and halves of surrogate pairs. */
const SUSPICIOUS = /\\u(0000|d[89a-f])/i;

/** Levels of nesting: more than any body of ours needs. */
const DEEPEST = 32;

/**
 * Reads JSON and nothing else. An empty body is no body: many clients name the type on every request. Characters that
 * PostgreSQL can't store are refused here, so that no service has to think of them.
 */
export function readJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text.length === 0) return done(null, undefined);
    return parse(request, String(text), (error, body) => {
      const problem = error ?? refuseDeep(body) ?? (SUSPICIOUS.test(String(text)) ? refuseUnstorable(body) : undefined);
      done(problem ?? null, problem ? undefined : body);
    });
  });
}

/** What reads a body later on does so recursively: deep enough, it would end in an overflow of the stack. */
function refuseDeep(body: unknown): Invalid | undefined {
  if (!isDeeperThan(DEEPEST, body)) return undefined;
  const errors: FieldError[] = [{ path: '', code: 'TOO_DEEP', message: `must have at most ${DEEPEST} levels` }];
  return new Invalid('BODY_INVALID', 'The body breaks a rule.', { errors });
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(levels - 1, item));
}

function refuseUnstorable(body: unknown): Invalid | undefined {
  const errors = [...unstorable(body, '')].map(
    (path): FieldError => ({
      path,
      code: 'CHARACTER_INVALID',
      message: 'must not contain U+0000 or half a surrogate pair',
    }),
  );
  return errors.length > 0 ? new Invalid('BODY_INVALID', 'The body breaks a rule.', { errors }) : undefined;
}

function* unstorable(value: unknown, path: string): Generator<string> {
  if (typeof value === 'string' && !isStorable(value)) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (!isStorable(key)) yield path;
    yield* unstorable(item, path ? `${path}.${key}` : key);
  }
}

function isStorable(text: string): boolean {
  return !/\p{Surrogate}/u.test(text) && !text.includes('\0');
}
