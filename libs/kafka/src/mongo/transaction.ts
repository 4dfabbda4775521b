import { setTimeout as delay } from 'node:timers/promises';
import type { ClientSession, Db, TransactionOptions } from 'mongodb';

/**
 * What a transaction in MongoDB needs to be one: a snapshot to read from, and a commit that survives the loss of the primary.
 * Together with a service's clients none of it depends on how the URL is written.
 */
export const transactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
} satisfies TransactionOptions;

/** The same for single operations. */
export const durable = {
  readConcern: { level: 'majority' },
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
} as const;

/**
 * How long a transaction is tried, in ms: about as long as the server lets it live (`transactionLifetimeLimitSeconds`, to be
 * set to 10), so that what takes longer is cut off in any case.
 */
const triedFor = 10_000;

/**
 * Runs something in a transaction, and the whole of it again when it met another one (so it may be called more than once);
 * a commit whose outcome is unknown is asked for until it is known, or the time is up.
 *
 * The driver's own `withTransaction` does the same, but for a client with a `timeoutMS` it refuses every `bulkWrite` and
 * `insertMany` in it ("An operation cannot be given a timeoutMS setting", 7.7). Here that limit is each operation's own.
 * @param within milliseconds after which it is not tried again
 * @throws what `run` throws, and what the driver throws once the time is up: of an error with the label
 * `UnknownTransactionCommitResult`, and of a `MongoOperationTimeoutError`, nobody can tell whether it was committed
 */
export async function inTransaction<T>(
  { client }: Pick<Db, 'client'>,
  run: (session: ClientSession) => Promise<T>,
  within: number = triedFor,
): Promise<T> {
  const deadline = performance.now() + within;
  return client.withSession(async (session) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        session.startTransaction(transactionOptions);
        const result = await run(session);
        await commit(session, deadline);
        return result;
      } catch (error) {
        if (session.inTransaction()) await session.abortTransaction();
        if (!hasLabel(error, 'TransientTransactionError') || performance.now() > deadline) throw error;
        await rest(attempt);
      }
    }
  });
}

async function commit(session: ClientSession, deadline: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await session.commitTransaction();
    } catch (error) {
      if (!hasLabel(error, 'UnknownTransactionCommitResult') || performance.now() > deadline) throw error;
      await rest(attempt);
    }
  }
}

/** At random, so that those who met do not meet again: at most 7 ms after the first time, and at most 200. */
async function rest(attempt: number): Promise<void> {
  await delay(Math.random() * Math.min(5 * 1.5 ** attempt, 200));
}

/** Whether the driver or the server says this of an error, in whatever it may be wrapped. */
export function hasLabel(error: unknown, label: string): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('errorLabels' in at && Array.isArray(at.errorLabels) && at.errorLabels.includes(label)) return true;
  }
  return false;
}

/** The database of this name, through the client that the session is of: a driver refuses a session of another client. */
export function databaseOf(session: ClientSession, name: string): Db {
  const client = 'client' in session ? session.client : undefined;
  if (!isClient(client)) throw new TypeError('The session does not tell its client');
  return client.db(name);
}

function isClient(value: unknown): value is Db['client'] {
  return typeof value === 'object' && value !== null && 'db' in value;
}
