import type { Db } from 'mongodb';
import type { DataSource } from 'typeorm';
import { jobCollections } from './mongo/documents.js';

/** A job whose tries are used up. */
export interface DeadJob {
  id: string;
  kind: string;
  payload: unknown;
  attempts: number;
  lastError: string;
  finishedAt: Date;
}

/** The jobs in a service's database that were given up in the last 30 days, whether it runs or not: at most 1,000. */
export async function listDeadJobs(database: DataSource | Db): Promise<DeadJob[]> {
  if ('databaseName' in database) return listInMongo(database);
  return database.query<DeadJob[]>(`
    SELECT id, kind, payload, attempts, last_error AS "lastError", finished_at AS "finishedAt"
    FROM jobs WHERE status = 'DEAD' ORDER BY finished_at LIMIT 1000`);
}

/** Has a dead job tried again, with as many tries as at first; false when there is none with this id. */
export async function retryDeadJob(database: DataSource | Db, id: string): Promise<boolean> {
  if ('databaseName' in database) return retryInMongo(database, id);
  const [, revived] = await database.query<[unknown[], number]>(
    `UPDATE jobs SET status = 'PENDING', attempts = 0, run_at = now(), finished_at = NULL, updated_at = now()
     WHERE id = $1 AND status = 'DEAD'`,
    [id],
  );
  return revived > 0;
}

async function listInMongo(db: Db): Promise<DeadJob[]> {
  const options = { sort: { finished_at: 1 }, limit: 1_000 } as const;
  const jobs = await jobCollections.jobs(db).find({ status: 'DEAD' }, options).toArray();
  return jobs.map(({ _id: id, kind, payload, attempts, last_error, finished_at, updated_at }) => {
    const [lastError, finishedAt] = [last_error ?? '', finished_at ?? updated_at];
    return { id, kind, payload: JSON.parse(payload), attempts, lastError, finishedAt };
  });
}

async function retryInMongo(db: Db, id: string): Promise<boolean> {
  const again = { status: 'PENDING', attempts: 0, run_at: '$$NOW', finished_at: null, updated_at: '$$NOW' };
  const { modifiedCount } = await jobCollections.jobs(db).updateOne({ _id: id, status: 'DEAD' }, [{ $set: again }]);
  return modifiedCount > 0;
}
