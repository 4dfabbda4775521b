import type { DataSource, EntityManager } from 'typeorm';
import { sqlState } from '../database/database-errors.js';
import { type Prepared, queryPrepared } from '../database/prepared.js';
import { assertJson } from './assert-json.js';
import { IdempotentRequest } from './idempotent-request.js';
import { PostgresRecords } from './postgres-records.js';

const TRIES = 3;
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
/** A plan that a migration had made outdated was refused within it (see PreparingClient). */
const ABORTED = '25P02';

/**
 * Runs a change in one transaction; on a deadlock or a serialisation failure the whole of it again, up to 3 times, so `work`
 * has no effect outside of `manager`. Within, use `manager` alone: another connection could wait for this one for ever.
 *
 * On a route that is @Idempotent the result is recorded with the change, and given back instead of running `work` when
 * the same request comes again. It must be plain JSON: the id, from which the answer is then read, or the answer.
 */
export async function transaction<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return IdempotentRequest.counted((request) =>
    repeated(() =>
      dataSource.transaction((manager) =>
        request ? request.once(new PostgresRecords(manager), () => work(manager)) : work(manager),
      ),
    ),
  );
}

/**
 * Runs a change that is one statement, and so a transaction of its own: one round trip instead of three. Only where the
 * request came with an Idempotency-Key there is a `transaction()` around it, for the key's record, and all said there holds.
 * @param conclude makes the result out of the rows; it may throw where the statement, to judge by them, has changed nothing
 */
export async function oneStatement<Row extends object, T>(
  dataSource: DataSource,
  { values, ...statement }: Prepared & { readonly values: unknown[] },
  conclude: (rows: Row[]) => T,
): Promise<T> {
  if (IdempotentRequest.current()?.keyed) {
    return transaction(dataSource, async (manager) => conclude(await manager.query<Row[]>(statement.text, values)));
  }
  return IdempotentRequest.counted(async (request) => {
    const result = conclude(await repeated(() => queryPrepared<Row>(dataSource, statement, values)));
    if (request) assertJson(result);
    return result;
  });
}

async function repeated<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === TRIES || !isTransient(error)) throw error;
      await pause(attempt);
    }
  }
}

function isTransient(error: unknown): boolean {
  const code = sqlState(error)?.code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK || code === ABORTED;
}

/** A random time, so that those who met do not meet again. */
function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
}
