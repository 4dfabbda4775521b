import type { ProblemError } from '@plaza/service-kit';
import type { CommandFrame } from './command-frame.js';

/** The answer to a command: `ack` or `error`. It has no place in what a client resumes, so it has no id of its own. */
export interface CommandAnswer {
  type: 'ack' | 'error';
  /** The command's id; null where it could not be read. */
  re: string | null;
  time: string;
  data: unknown;
  /** Of a ping: the place to resume from. */
  id?: string;
}

export function ack({ id: re }: Pick<CommandFrame, 'id'>, data: unknown = {}, id?: string): CommandAnswer {
  return { ...(id !== undefined && { id }), type: 'ack', re, time: new Date().toISOString(), data };
}

/** What a problem is in an answer to a request, in an answer to a command. */
export interface ErrorData {
  /** Stable, as in answers to requests. */
  code: string;
  /** As the HTTP status of the same problem. */
  status: number;
  detail: string;
  errors?: unknown;
  /** Seconds after which it makes sense to try again. */
  retryAfter?: number;
}

export function failure(re: string | null, data: ErrorData): CommandAnswer {
  return { type: 'error', re, time: new Date().toISOString(), data };
}

export function failureOf(re: string | null, problem: ProblemError): CommandAnswer {
  const { code, status, detail, errors, retryAfter } = problem;
  return failure(re, {
    code,
    status,
    detail,
    ...(errors && { errors }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}
