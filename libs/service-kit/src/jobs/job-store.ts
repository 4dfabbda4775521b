import type { ClientSession } from 'mongodb';
import type { EntityManager } from 'typeorm';
import type { JsonValue } from '../paging/cursors.js';

/** A transaction of the database that the jobs are in: PostgreSQL's or MongoDB's. */
export type JobTransaction = EntityManager | ClientSession;

export interface ClaimedJob {
  id: string;
  kind: string;
  payload: unknown;
  attempts: number;
  max_attempts: number;
}

export type Failure = 'retry' | 'dead' | 'lost';

export interface JobBacklog {
  kind: string;
  status: 'PENDING' | 'DEAD';
  count: number;
}

/** The jobs as one runner sees them. All times are the database's: the clocks of instances do not matter. */
export abstract class JobStore {
  /** Takes the job of these kinds that is due longest. A job whose holder let its lease run out is due as well. */
  abstract claim(kinds: readonly string[]): Promise<ClaimedJob | undefined>;
  /** Keeps the leases; returns the ids that this runner still holds. */
  abstract renew(ids: readonly string[]): Promise<Set<string>>;
  /** Marks a job as done; false when this runner does not hold it any more. */
  abstract finish(job: ClaimedJob, result?: JsonValue, transaction?: JobTransaction): Promise<boolean>;
  /** Notes a failure: another try in `backoffMs`, or none when the tries are used up. */
  abstract fail(job: ClaimedJob, error: string, backoffMs: number): Promise<Failure>;
  /** Gives a job back untouched, because the process stops. */
  abstract release(job: ClaimedJob): Promise<void>;
  /** How many wait or run, and how many were given up. */
  abstract backlog(): Promise<JobBacklog[]>;
}

export function isSession(transaction: JobTransaction): transaction is ClientSession {
  return 'inTransaction' in transaction;
}
