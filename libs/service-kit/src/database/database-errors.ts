import { isDependencyFailure } from '@plaza/kafka';
import { isError } from '../errors/is-error.js';
import { Unavailable } from '../errors/problems.js';

/** SQLSTATEs by which PostgreSQL says that it, not the statement, is in trouble. */
const SERVER_STATES = new Set(['57P01', '57P02', '57P03', '53300', '53400', '53100', '53200', '58030', '25006']);
/** Those of a statement that took too long, or could not get a lock in time; a repetition may succeed. */
const BUSY_STATES = new Set(['57014', '55P03', '40001', '40P01', '25P03']);
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
/** pg has no codes for these. */
const PG_MESSAGES = [
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed',
  'Query read timeout',
  'Cannot use a pool after calling end',
];

/** MongoDB's for a wait that was too long, for a lock or another's change, and for an operation that took too long. */
const MONGO_BUSY_CODES = new Set<unknown>([24, 50, 112, 251, 262]);
const MONGO_BUSY_NAMES = new Set(['MongoOperationTimeoutError', 'MongoWaitQueueTimeoutError']);

/** What kept a statement from being done: the server is away, or it was too busy in this moment. */
export type DatabaseTrouble = 'away' | 'busy';

/** Tells whether an error comes from the database being away or busy, and not from what was asked of it. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  for (const one of causes(error)) {
    const code = codeOf(one);
    if (one.name.startsWith('Mongo') && isDependencyFailure(one)) return mongoTrouble(one);
    if (BUSY_STATES.has(code)) return 'busy';
    if (SERVER_STATES.has(code) || code.startsWith('08') || SOCKET_CODES.has(code)) return 'away';
    if (PG_MESSAGES.some((message) => one.message.includes(message))) return 'away';
  }
  return undefined;
}

/** SQLSTATE of an error of pg or TypeORM: `23505`; with the constraint's name a service can say what was taken. */
export function sqlState(error: unknown): { code: string; constraint?: string } | undefined {
  for (const one of causes(error)) {
    const code = codeOf(one);
    if (!/^[0-9A-Z]{5}$/.test(code)) continue;
    const constraint = 'constraint' in one && typeof one.constraint === 'string' ? one.constraint : undefined;
    return { code, constraint };
  }
  return undefined;
}

/** True for the violation of a unique constraint or index, or of the one with the given name. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const state = sqlState(error);
  return state?.code === '23505' && (constraint === undefined || state.constraint === constraint);
}

/** The answer while a part that is needed is in trouble; which one is nobody's business. */
export function dependencyUnavailable(trouble: DatabaseTrouble): Unavailable {
  const detail = trouble === 'away' ? 'A part that is needed does not answer.' : 'A part that is needed is too busy.';
  return new Unavailable('DEPENDENCY_UNAVAILABLE', `${detail} Please try again.`, {
    retryAfter: trouble === 'away' ? 2 : 1,
  });
}

function* causes(error: unknown): Generator<Error> {
  let next = error;
  for (let depth = 0; depth < 5 && isError(next); depth++) {
    yield next;
    if ('errors' in next && Array.isArray(next.errors)) yield* next.errors.filter(isError);
    next = 'driverError' in next ? next.driverError : next.cause;
  }
}

function mongoTrouble(error: Error): DatabaseTrouble {
  const isBusy = MONGO_BUSY_NAMES.has(error.name) || ('code' in error && MONGO_BUSY_CODES.has(error.code));
  return isBusy ? 'busy' : 'away';
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
