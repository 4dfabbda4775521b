import { DiscoveryService } from '@nestjs/core';
import type { JsonValue } from '../paging/cursors.js';
import type { JobTransaction } from './job-store.js';

/** A job that is being worked on. */
export interface RunningJob {
  readonly id: string;
  readonly kind: string;
  /** 1 at the first try. */
  readonly attempt: number;
  /** Aborted when the process stops or the lease was lost: give up, the job will be run again. */
  readonly signal: AbortSignal;
  /**
   * Marks the job as done in a transaction of the handler's own, so that its effect and its end are one.
   * Without it a process that dies right after the effect runs the job again.
   * @throws LeaseLost when another instance has taken the job over
   */
  finish(transaction: JobTransaction, result?: JsonValue): Promise<void>;
}

/** Works on the jobs of one kind. A job may be run more than once: what it does must bear that. */
export interface JobHandler<P = unknown> {
  /** What it returns is kept as the job's result. Throwing means another try later, until the tries are used up. */
  run(payload: P, job: RunningJob): Promise<JsonValue | undefined> | Promise<void>;
}

export interface JobKindOptions {
  kind: string;
  /** Most jobs of this kind that run at once in a process; 2 unless told. */
  concurrency?: number;
}

/** Makes a provider the handler of a kind of jobs: `@JobKind({ kind: 'mail' }) class MailJob implements JobHandler`. */
export const JobKind = DiscoveryService.createDecorator<JobKindOptions>();

/** Thrown in a job that another instance has taken over meanwhile. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}
