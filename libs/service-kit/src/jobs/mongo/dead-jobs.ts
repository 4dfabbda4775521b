import type { Db } from 'mongodb';
import type { DeadJob } from '../dead-jobs.js';
import { jobCollections } from './documents.js';

export async function listDeadJobsInMongo(db: Db): Promise<DeadJob[]> {
  const jobs = await jobCollections
    .jobs(db)
    .find({ status: 'DEAD' }, { sort: { finished_at: 1 }, limit: 1_000 })
    .toArray();
  return jobs.map(({ _id: id, kind, payload, attempts, last_error, finished_at, updated_at }) => {
    const [lastError, finishedAt] = [last_error ?? '', finished_at ?? updated_at];
    return { id, kind, payload: JSON.parse(payload), attempts, lastError, finishedAt };
  });
}

export async function retryDeadJobInMongo(db: Db, id: string): Promise<boolean> {
  const again = { status: 'PENDING', attempts: 0, run_at: '$$NOW', finished_at: null, updated_at: '$$NOW' };
  const { modifiedCount } = await jobCollections.jobs(db).updateOne({ _id: id, status: 'DEAD' }, [{ $set: again }]);
  return modifiedCount > 0;
}
