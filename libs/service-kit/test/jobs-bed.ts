import type { RunningJob } from '../src/jobs/job.js';
import type { JobStore } from '../src/jobs/job-store.js';
import type { JobOptions } from '../src/jobs/jobs.js';
import type { ScheduleStore } from '../src/jobs/schedule-store.js';
import type { JsonValue } from '../src/paging/cursors.js';

/** A job as it is kept. */
export interface JobRow {
  status: string;
  attempts: number;
  last_error: string | null;
  result: unknown;
  lease_holder: string | null;
  /** From its last change until it is due. */
  wait_ms: number;
}

/** How a job is added. */
export interface Adding extends JobOptions {
  kind?: string;
  payload?: object;
  onCommit?: () => void;
}

/** Jobs and scheduled work in a database of their own, whichever it is. */
export interface JobsBed {
  /** As another instance has it. */
  store(leaseMs: number): Promise<JobStore>;
  schedules(): Promise<ScheduleStore>;
  add(adding?: Adding): Promise<string>;
  /** Adds them in one transaction, which fails where `thenThrow` is given. */
  addTogether(adding: Adding[], o?: { thenThrow?: string }): Promise<string[]>;
  row(id: string): Promise<JobRow | undefined>;
  count(status?: string): Promise<number>;
  /** Leaves a trace of a job. */
  effect(job: string): Promise<void>;
  /** The same in a transaction that ends the job. */
  effectAndFinish(job: RunningJob, result?: JsonValue): Promise<void>;
  /** The jobs that have left traces, each as often as it did. */
  effects(): Promise<string[]>;
  /** As if another instance had taken over all jobs, at their second try. */
  takeOver(): Promise<void>;
  schedule(name: string): Promise<{ last_error: string | null; last_run_at: Date | null; lease_until: Date | null }>;
  /** Has the schedule's last run and its lease lie further back. */
  age(name: string, byMs: number): Promise<void>;
  /** As an instance leaves a schedule that died in the middle. */
  leaveLeased(name: string, forMs: number): Promise<void>;
  /** Removes all jobs, schedules and traces. */
  clear(): Promise<void>;
  drop(): Promise<void>;
}
