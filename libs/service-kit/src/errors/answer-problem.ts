import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { isError } from './is-error.js';
import { problemBody, problemHeaders } from './problem-body.js';
import { Malformed, ProblemError } from './problems.js';
import { toProblem } from './to-problem.js';

/** For the metrics alone: who went away in the middle of a body reads no answer, and is no trouble of ours. */
const CUT_OFF = new Malformed('BODY_CUT_OFF', 'The body broke off.');
const UNFORESEEN = new ProblemError(500, 'INTERNAL', 'Something went wrong on our side.');

/** Answers with the problem that an error stands for; errors nobody foresaw are logged here, once and in full. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const problem = isCutOff(request) ? CUT_OFF : toProblem(error);
  logError(error, problem, request, logger);
  // Fastify would end the connection on which the rest of the body is still coming in, and the answer could be lost to the
  // reset that follows. The gateway would take that for a service that is gone.
  if (isBodyTooLarge(error)) reply.removeHeader('connection');
  // The deadline's 503 may have gone out already.
  if (!reply.sent) answerProblem(problem ?? UNFORESEEN, request, reply);
}

/** Answers with a problem. */
export function answerProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply): void {
  // As bytes: to a text Fastify would add a charset, which this media type does not have.
  const body = Buffer.from(JSON.stringify(problemBody(problem, request.id)));
  // Once more: a URL that can't be read reaches no hook.
  reply.header('x-request-id', request.id).code(problem.status).headers(problemHeaders(problem)).send(body);
}

function isCutOff({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function isBodyTooLarge(error: unknown): boolean {
  return isError(error) && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
}

function logError(error: unknown, problem: ProblemError | undefined, request: FastifyRequest, logger: Logger): void {
  const fields = { method: request.method, route: request.routeOptions?.url };
  if (!problem) logger.error({ ...fields, err: error }, 'request failed');
  else if (problem.status >= 500 && problem !== error) logger.warn({ ...fields, err: error }, problem.code);
}
