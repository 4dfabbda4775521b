import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { answerProblem } from '../errors/answer-problem.js';
import { Malformed, ProblemError, Unavailable } from '../errors/problems.js';
import { DEADLINE_HEADER, deadlineOf } from './deadline.js';
import { RequestContext, runInRequestContext } from './request-context.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Made before anything else is done for the request. */
    plaza?: RequestContext;
    deadlineTimer?: NodeJS.Timeout;
  }
  interface FastifyContextConfig {
    /** False: the route may take as long as it needs. */
    deadline?: boolean;
    /** True: not worth a line in the access log (probes, scrapes). */
    quiet?: boolean;
  }
}

export interface RequestHookParts {
  logger: Logger;
  budgetMs: number;
  /** True once the service is on its way out: its answers then end their connections. */
  draining(): boolean;
}

/** Gives every request its context and its deadline, as Fastify hooks: they cost less than Nest's interceptors. */
export function addRequestHooks(fastify: FastifyInstance, parts: RequestHookParts): void {
  fastify.decorateRequest('plaza', undefined);
  fastify.decorateRequest('deadlineTimer', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    const context = contextOf(request, parts);
    request.plaza = context;
    reply.header('x-request-id', request.id);
    if (parts.draining()) reply.header('connection', 'close');
    if (context.deadline !== Number.POSITIVE_INFINITY) startTimer(request, reply, context.deadline);
    done(
      request.url.includes('%00')
        ? new Malformed('URL_MALFORMED', 'The URL contains the character U+0000.')
        : undefined,
    );
  });
  // Not sooner: reading a body leaves the asynchronous context that the hooks before it ran in.
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.plaza) runInRequestContext(request.plaza, done);
    else done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    clearTimeout(request.deadlineTimer);
    done();
  });
}

function contextOf(request: FastifyRequest, { budgetMs, logger }: RequestHookParts): RequestContext {
  const { headers } = request;
  const exempt = request.routeOptions.config.deadline === false;
  return new RequestContext({
    requestId: request.id,
    callersTraceparent: typeof headers.traceparent === 'string' ? headers.traceparent : undefined,
    deadline: exempt ? Number.POSITIVE_INFINITY : deadlineOf(headers[DEADLINE_HEADER], budgetMs, Date.now()),
    logger,
  });
}

function startTimer(request: FastifyRequest, reply: FastifyReply, deadline: number): void {
  request.deadlineTimer = setTimeout(expire, Math.max(0, deadline - Date.now()), request, reply);
}

/** What the handler answers later on is dropped by Fastify: one answer per request. */
function expire(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.sent || reply.raw.headersSent) return;
  answerProblem(isWaitedFor(request) ? bodyTooSlow(reply) : tookTooLong(), request, reply);
}

/** Whether the client still owes a part of its body. */
function isWaitedFor({ raw }: FastifyRequest): boolean {
  return !raw.complete && raw.readableLength === 0;
}

function bodyTooSlow(reply: FastifyReply): ProblemError {
  // Else the connection stays until the rest of the body is overdue, too: cheap for who opens many.
  reply.header('connection', 'close');
  return new ProblemError(408, 'REQUEST_TIMEOUT', 'The body did not arrive in time.');
}

function tookTooLong(): ProblemError {
  return new Unavailable('DEADLINE_EXCEEDED', 'This took too long. Please try again.');
}
