import { STATUS_CODES } from 'node:http';
import type { FieldError, ProblemError } from './problems.js';

export const PROBLEM_JSON = 'application/problem+json';

/** RFC 9457, with our `code` and `errors`. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** This very occurrence: the id that is also in the logs. */
  instance: string;
  code: string;
  errors?: FieldError[];
}

/** The body of an answer that is no success. */
export function problemBody(problem: ProblemError, requestId: string): ProblemBody {
  return {
    type: `urn:plaza:problem:${problem.code}`,
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.detail,
    instance: `urn:plaza:request:${requestId}`,
    code: problem.code,
    ...(problem.errors && { errors: problem.errors }),
  };
}

/** The headers that go with it. */
export function problemHeaders({ status, code, retryAfter }: ProblemError): Record<string, string> {
  return {
    'content-type': PROBLEM_JSON,
    'cache-control': 'no-store',
    ...(retryAfter !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) }),
    ...(status === 401 && { 'www-authenticate': challenge(code) }),
  };
}

function challenge(code: string): string {
  return code === 'TOKEN_MISSING' ? 'Bearer realm="plaza"' : 'Bearer realm="plaza", error="invalid_token"';
}
