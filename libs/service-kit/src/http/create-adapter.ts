import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import type { Logger } from 'pino';
import { answerError, answerProblem } from '../errors/answer-problem.js';
import { PROBLEM_JSON, problemBody } from '../errors/problem-body.js';
import { Malformed, NotFound, ProblemError } from '../errors/problems.js';
import { KnownRoutes } from './known-routes.js';
import { PlazaAdapter } from './plaza-adapter.js';
import { requestIdOf } from './request-id.js';

export interface AdapterParts {
  logger: Logger;
  /** Bytes. */
  bodyLimit: number;
  /** Addresses and networks whose `x-forwarded-for` is believed. */
  trustedProxies: readonly string[];
  /** What a service wants otherwise. */
  server?: FastifyServerOptions;
}

/** Longest time for a client to send its request. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Fastify under Nest, which answers everything that reaches no controller as a problem, too. */
export function createAdapter({ logger, bodyLimit, trustedProxies, server }: AdapterParts): PlazaAdapter {
  const frameworkErrors: FastifyServerOptions['frameworkErrors'] = (error, request, reply) =>
    answerError(error, request, reply, logger);
  const adapter = new PlazaAdapter({
    bodyLimit,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    // While it drains, a service serves what still reaches it and lets the connection end.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    skipMiddie: true,
    frameworkErrors,
    clientErrorHandler: answerUnreadable,
    ...server,
  });
  answerAllAsProblems(adapter.getInstance(), logger);
  return adapter;
}

function answerAllAsProblems(fastify: FastifyInstance, logger: Logger): void {
  // As a method without a body it is answered like the others that no route has; else Fastify complains of the body first.
  fastify.addHttpMethod('QUERY', { hasBody: false });
  const routes = new KnownRoutes();
  routes.watch(fastify);
  fastify.setErrorHandler((error, request, reply) => answerError(error, request, reply, logger));
  fastify.setNotFoundHandler((request, reply) => answerUnknown(routes.allowed(request.url), request, reply));
}

function answerUnknown(allowed: string[], request: FastifyRequest, reply: FastifyReply): void {
  const methods = allowed.join(', ');
  if (methods) reply.header('allow', methods);
  const problem = methods
    ? new ProblemError(405, 'METHOD_NOT_ALLOWED', `This route knows ${methods}.`)
    : new NotFound('ROUTE_NOT_FOUND', 'There is no such route.');
  answerProblem(problem, request, reply);
}

/** What is no HTTP at all, or comes too slowly, has no request to answer to. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = unreadable(error.code);
  const body = JSON.stringify(problemBody(problem, requestIdOf({ headers: {} })));
  const head = `HTTP/1.1 ${problem.status} Error\r\ncontent-type: ${PROBLEM_JSON}\r\nconnection: close\r\n`;
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function unreadable(code: string | undefined): ProblemError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new ProblemError(408, 'REQUEST_TIMEOUT', 'The request came too slowly.');
  if (code === 'HPE_HEADER_OVERFLOW') return new ProblemError(431, 'HEADERS_TOO_LARGE', 'The headers are too large.');
  return new Malformed('HTTP_MALFORMED', 'This is not HTTP.');
}
