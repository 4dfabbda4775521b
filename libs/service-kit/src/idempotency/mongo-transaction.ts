import { inTransaction } from '@plaza/kafka';
import type { ClientSession, Db } from 'mongodb';

/**
 * Runs a change in one transaction of MongoDB; where it met another one the whole of it again, so `work` has no effect
 * outside of the session. Every operation within is given the session, and waits for the one before.
 */
export function mongoTransaction<T>(db: Db, work: (session: ClientSession) => Promise<T>): Promise<T> {
  return inTransaction(db, work);
}
