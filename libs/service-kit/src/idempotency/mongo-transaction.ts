import { inTransaction } from '@plaza/kafka';
import type { ClientSession, Db } from 'mongodb';
import { IdempotentRequest } from './idempotent-request.js';
import { committedRecords, KeyTaken, MongoRecords } from './mongo-records.js';

/**
 * Runs a change in one transaction of MongoDB; where it met another one the whole of it again, so `work` has no effect
 * outside of the session. Every operation within is given the session, and waits for the one before.
 *
 * On a route that is @Idempotent the result is recorded with the change, and given back instead of running `work` when
 * the same request comes again. It must be plain JSON: the id, from which the answer is then read, or the answer.
 */
export function mongoTransaction<T>(db: Db, work: (session: ClientSession) => Promise<T>): Promise<T> {
  return IdempotentRequest.counted((request) => (request ? once(db, request, work) : inTransaction(db, work)));
}

async function once<T>(db: Db, request: IdempotentRequest, work: (session: ClientSession) => Promise<T>): Promise<T> {
  try {
    return await inTransaction(db, (session) => request.once(new MongoRecords(db, session), () => work(session)));
  } catch (error) {
    if (!(error instanceof KeyTaken)) throw error;
    // The other one may have ended by now: then there is its record.
    return request.once(committedRecords(db), () => Promise.reject(error));
  }
}
