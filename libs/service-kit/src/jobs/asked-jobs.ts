import type { Db } from 'mongodb';
import type { DataSource } from 'typeorm';
import { type JobOptions, Jobs } from './jobs.js';
import { jobCollections } from './mongo/documents.js';
import { MongoJobs } from './mongo/mongo-jobs.js';

/** How far a job has come. */
export interface JobProgress {
  status: 'PENDING' | 'DONE' | 'DEAD';
  attempts: number;
  lastError: string | null;
  result: unknown;
}

/** Adds a job to a service's database from outside of it: one of its instances, if any runs, will find it. */
export function addJob(
  database: DataSource | Db,
  kind: string,
  payload: object,
  options?: JobOptions,
): Promise<string> {
  if ('databaseName' in database) return new MongoJobs(database).add(undefined, kind, payload, options);
  return new Jobs().add(database.manager, kind, payload, options);
}

/** Undefined when there is no such job (any more). */
export async function jobProgress(database: DataSource | Db, id: string): Promise<JobProgress | undefined> {
  if ('databaseName' in database) return progressInMongo(database, id);
  const [row] = await database.query<JobProgress[]>(
    'SELECT status, attempts, last_error AS "lastError", result FROM jobs WHERE id = $1',
    [id],
  );
  return row;
}

async function progressInMongo(db: Db, id: string): Promise<JobProgress | undefined> {
  const job = await jobCollections.jobs(db).findOne({ _id: id });
  if (!job) return undefined;
  const { status, attempts, last_error: lastError, result } = job;
  return { status, attempts, lastError, result: result === null ? null : JSON.parse(result) };
}
