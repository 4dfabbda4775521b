import { ProblemError, writeProblem } from '@plaza/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tell } from '../edge/headers.js';
import type { GuardedUpstream } from './guarded-upstream.js';
import { bodyTooLarge, ClientGone } from './handover-problems.js';

export interface ForwardLimits {
  /** Milliseconds. */
  budget: number;
  /** Bytes. */
  bodyLimit: number;
}

/** What a service gets less of than the gateway gives itself, so that its own 503 comes first and says more. */
const MARGIN_MS = 100;

/** Hands a request to its service and answers for the service where that does not. */
export async function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  { target, limits }: { target: GuardedUpstream; limits: ForwardLimits },
): Promise<void> {
  refuseLarge(request, reply, limits.bodyLimit);
  introduce(request, limits.budget);
  takeOver(reply);
  try {
    await target.send({ request: request.raw, response: reply.raw, ...limits });
  } catch (error) {
    if (error instanceof ClientGone) return;
    answerFor(error, request, reply);
  }
}

function refuseLarge(request: FastifyRequest, reply: FastifyReply, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) <= limit) return;
  // Otherwise Node would read the whole of it, to keep the connection.
  reply.header('connection', 'close');
  throw bodyTooLarge(limit);
}

function introduce(request: FastifyRequest, budget: number): void {
  tell(request.raw, {
    'x-request-id': request.id,
    'x-forwarded-for': request.ip,
    'x-plaza-deadline': String(Math.max(1, budget - MARGIN_MS)),
    ...(request.plaza && { traceparent: request.plaza.traceparent }),
  });
}

/** Put on the reply by hooks: the kit's and those of @fastify/cors. The gateway's own are on the raw response already. */
const HOOK_HEADERS = [
  'x-request-id',
  'connection',
  'vary',
  'access-control-allow-origin',
  'access-control-expose-headers',
];

/** From here on the raw response is written to; what hooks have put on the reply goes with it. `getHeaders` would copy all. */
function takeOver(reply: FastifyReply): void {
  reply.hijack();
  for (const name of HOOK_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
}

function answerFor(error: unknown, request: FastifyRequest, { raw: response, log }: FastifyReply): void {
  if (response.destroyed) return;
  const problem = error instanceof ProblemError ? error : new ProblemError(500, 'INTERNAL', 'Something went wrong.');
  if (problem !== error) log.error({ err: error, requestId: request.id }, 'hand-over failed');
  // The rest of a body that nobody reads must not be taken for the next request.
  if (!request.raw.complete) response.setHeader('connection', 'close');
  writeProblem(response, problem, request.id);
}
