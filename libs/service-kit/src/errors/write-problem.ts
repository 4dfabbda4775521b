import type { ServerResponse } from 'node:http';
import { problemBody, problemHeaders } from './problem-body.js';
import type { ProblemError } from './problems.js';

/** Answers with a problem where there is no Fastify reply: on what was hijacked, or never reached Fastify. */
export function writeProblem(response: ServerResponse, problem: ProblemError, requestId = 'none'): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(problemBody(problem, requestId));
  const length = String(Buffer.byteLength(body));
  response.writeHead(problem.status, { ...problemHeaders(problem), 'content-length': length }).end(body);
}
