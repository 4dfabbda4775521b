import { setTimeout as delay } from 'node:timers/promises';

// Classes 08 (connection), 53 (resources) and 58 (system): the server, not the statement.
const sqlStateClasses = ['08', '53', '58'];
const sqlStates = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: lock_timeout
  '57014', // query_canceled: statement_timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '25006', // read_only_sql_transaction: a standby that is not promoted yet
]);
const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EMFILE',
  'ENFILE',
]);
const names = new Set([
  'QueryRunnerAlreadyReleasedError', // TypeORM's answer once the connection under a transaction has broken
  'CannotExecuteNotConnectedError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'MongoOperationTimeoutError',
  'MongoStalePrimaryError',
  'MongoNotConnectedError',
  'MongoClientClosedError',
  'MongoTopologyClosedError',
]);
// MongoDB's, by its number: what its specification of retryable errors names, and what passes with load, locks and space.
const mongoCodes = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  89, // NetworkTimeout
  91, // ShutdownInProgress
  112, // WriteConflict
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  251, // NoSuchTransaction: it was ended by the server
  262, // ExceededTimeLimit
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);
const mongoLabels = ['TransientTransactionError', 'UnknownTransactionCommitResult', 'RetryableWriteError'];
// pg throws plain errors for these.
const messages =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end|Client was closed)/;

/**
 * Whether an error says that something a handler needs is away, overloaded or in its way for now, so that the same work may
 * succeed later without anybody changing anything. Looks through causes and TypeORM's wrappers.
 */
export function isDependencyFailure(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  if (saysSo(error)) return true;
  const inner = [error.cause, ...('driverError' in error ? [error.driverError] : [])];
  // MongoDB's driver wraps whatever befell a bulk write, a timeout of its own too.
  if ('errorResponse' in error) inner.push(error.errorResponse);
  if (error instanceof AggregateError) inner.push(...error.errors);
  return inner.some((cause) => cause !== error && isDependencyFailure(cause, depth + 1));
}

function saysSo(error: Error): boolean {
  if (names.has(error.name) || messages.test(error.message) || hasTransientLabel(error)) return true;
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return mongoCodes.has(code) && error.name.startsWith('Mongo');
  if (typeof code !== 'string') return false;
  if (systemCodes.has(code)) return true;
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  return isSqlState && (sqlStates.has(code) || sqlStateClasses.some((prefix) => code.startsWith(prefix)));
}

function hasTransientLabel(error: Error): boolean {
  const labelled = error as Error & { hasErrorLabel?: (label: string) => boolean };
  return mongoLabels.some((label) => labelled.hasErrorLabel?.(label) === true);
}

/** Milliseconds before the next try: 50 to 100 ms after the first failure, doubled for each further one up to 2 s. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const full = Math.min(100 * 2 ** (failures - 1), 2_000);
  return full / 2 + (full / 2) * random();
}

/** Waits. @throws the signal's reason when it is aborted */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Whether `done` resolves in time. @throws what it rejects with, if it does so in time */
export async function within(done: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(milliseconds, timer.signal).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([done.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

/** Milliseconds after which work that can be cut into parts is not repeated as a whole: see `longest`. */
export const longestWhole = 5_000;

/**
 * Runs until it succeeds or fails for a reason that waiting does not cure.
 * @param o.longest milliseconds: what fails after a longer run is not repeated, for it may have been too much for the time
 * that a database gives a transaction, and always be. Default: no limit
 * @throws that reason; the signal's reason when it is aborted
 */
export async function whileDependenciesFail<T>(
  run: () => Promise<T>,
  o: { signal: AbortSignal; onFailure: (error: unknown, failures: number) => void; longest?: number },
): Promise<T> {
  for (let failures = 1; ; failures++) {
    const started = performance.now();
    try {
      return await run();
    } catch (error) {
      const tooLong = performance.now() - started > (o.longest ?? Number.POSITIVE_INFINITY);
      if (tooLong || !isDependencyFailure(error)) throw error;
      o.signal.throwIfAborted();
      o.onFailure(error, failures);
      await pause(backoff(failures), o.signal);
    }
  }
}
