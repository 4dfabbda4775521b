import type { FastifyInstance } from 'fastify';
import { type FieldError, Invalid } from '../errors/problems.js';

/**
 * Reads JSON and nothing else. An empty body is no body: many clients name the type on every request. NUL characters,
 * which PostgreSQL can't store, are refused here, so that no service has to think of them.
 */
export function readJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text.length === 0) return done(null, undefined);
    return parse(request, String(text), (error, body) => {
      const problem = error ?? (text.includes('\\u0000') ? refuseNul(body) : undefined);
      done(problem ?? null, problem ? undefined : body);
    });
  });
}

function refuseNul(body: unknown): Invalid | undefined {
  const errors = [...nulPaths(body, '')].map(nulError);
  return errors.length > 0 ? new Invalid('BODY_INVALID', 'The body breaks a rule.', { errors }) : undefined;
}

function nulError(path: string): FieldError {
  return { path, code: 'NUL_CHARACTER', message: 'must not contain the character U+0000' };
}

function* nulPaths(value: unknown, path: string): Generator<string> {
  if (typeof value === 'string' && value.includes('\0')) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const below = path ? `${path}.${key}` : key;
    if (key.includes('\0')) yield path;
    yield* nulPaths(item, below);
  }
}
