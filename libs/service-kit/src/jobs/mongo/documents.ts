import type { Collection, Db } from 'mongodb';

export interface JobDocument {
  _id: string;
  kind: string;
  /** JSON. */
  payload: string;
  unique_key: string | null;
  status: 'PENDING' | 'DONE' | 'DEAD';
  run_at: Date;
  attempts: number;
  max_attempts: number;
  lease_holder: string | null;
  lease_until: Date | null;
  /** JSON. */
  result: string | null;
  last_error: string | null;
  finished_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export interface ScheduleDocument {
  /** Its name. */
  _id: string;
  last_run_at: Date | null;
  started_at: Date | null;
  lease_holder: string | null;
  lease_until: Date | null;
  last_error: string | null;
  created_at: Date;
  updated_at: Date;
}

export const jobCollections = {
  jobs: (db: Db): Collection<JobDocument> => db.collection('jobs'),
  schedules: (db: Db): Collection<ScheduleDocument> => db.collection('scheduled_jobs'),
};
