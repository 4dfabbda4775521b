import { HttpException } from '@nestjs/common';
import { databaseTrouble, dependencyUnavailable } from '../database/database-errors.js';
import { isError } from './is-error.js';
import { Conflict, Malformed, NotFound, ProblemError } from './problems.js';

/** What Fastify says about requests, as ours. Whatever else it says is a mistake of ours. */
const FASTIFY: Record<string, () => ProblemError> = {
  FST_ERR_CTP_INVALID_JSON_BODY: () => new Malformed('JSON_MALFORMED', 'The body is not JSON.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Malformed('JSON_MALFORMED', 'The body is empty.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new Malformed('CONTENT_LENGTH_WRONG', 'Content-Length is not the body’s.'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new ProblemError(413, 'BODY_TOO_LARGE', 'The body is too large.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new ProblemError(415, 'MEDIA_TYPE_UNSUPPORTED', 'This route does not read bodies of this media type.'),
  FST_ERR_BAD_URL: () => new Malformed('URL_MALFORMED', 'The URL can’t be read.'),
  FST_ERR_MAX_PARAM_LENGTH: () => new NotFound('ROUTE_NOT_FOUND', 'There is no such route.'),
};

/** For what Nest's own parts throw; ours throw a ProblemError. */
const BY_STATUS: Record<number, (detail: string) => ProblemError> = {
  400: (detail) => new Malformed('REQUEST_MALFORMED', detail),
  404: () => new NotFound('ROUTE_NOT_FOUND', 'There is no such route.'),
  409: (detail) => new Conflict('CONFLICT', detail),
};

/**
 * The answer for an error, whoever threw it; undefined for one that nobody foresaw: that is a 500, of which the caller
 * learns nothing.
 */
export function toProblem(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof HttpException) return fromNest(error);
  const known = FASTIFY[codeOf(error)];
  if (known) return known();
  const trouble = databaseTrouble(error);
  return trouble && dependencyUnavailable(trouble);
}

function fromNest(error: HttpException): ProblemError | undefined {
  const status = error.getStatus();
  if (status >= 500) return undefined;
  return BY_STATUS[status]?.(error.message) ?? new ProblemError(status, `HTTP_${status}`, error.message);
}

function codeOf(error: unknown): string {
  return isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
