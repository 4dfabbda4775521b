import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { JobBacklog } from './job-store.js';

export type Outcome = 'done' | 'retry' | 'dead' | 'lost' | 'released';

/** What /metrics tells of jobs. */
export class JobMetrics {
  private readonly runs: Counter;
  private readonly duration: Histogram;
  private readonly scheduledRuns: Counter;
  private readonly scheduledSuccess: Gauge;

  constructor(
    registry: Registry,
    private readonly jobs: { backlog(): Promise<JobBacklog[]> },
  ) {
    const registers = [registry];
    this.runs = new Counter({
      name: 'plaza_job_runs_total',
      help: 'Runs of jobs by outcome: done, retry, dead, lost (taken over by another instance), released (at a stop)',
      labelNames: ['kind', 'outcome'],
      registers,
    });
    this.duration = new Histogram({
      name: 'plaza_job_duration_seconds',
      help: 'How long a run of a job took',
      labelNames: ['kind'],
      buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600],
      registers,
    });
    this.scheduledRuns = new Counter({
      name: 'plaza_scheduled_job_runs_total',
      help: 'Runs of scheduled jobs in this process by outcome: done, failed',
      labelNames: ['name', 'outcome'],
      registers,
    });
    this.scheduledSuccess = new Gauge({
      name: 'plaza_scheduled_job_last_success_timestamp_seconds',
      help: 'When a scheduled job last succeeded in this process',
      labelNames: ['name'],
      registers,
    });
    this.registerBacklog(registers);
  }

  ran(kind: string, outcome: Outcome, durationMs: number): void {
    this.runs.inc({ kind, outcome });
    this.duration.observe({ kind }, durationMs / 1_000);
  }

  ranScheduled(name: string, succeeded: boolean): void {
    this.scheduledRuns.inc({ name, outcome: succeeded ? 'done' : 'failed' });
    if (succeeded) this.scheduledSuccess.setToCurrentTime({ name });
  }

  private registerBacklog(registers: Registry[]): void {
    const backlog = () => this.backlog();
    new Gauge({
      name: 'plaza_jobs',
      help: 'Jobs that wait or run (PENDING) and jobs whose tries are used up (DEAD)',
      labelNames: ['kind', 'status'],
      registers,
      async collect(): Promise<void> {
        this.reset();
        for (const { kind, status, count } of await backlog()) this.set({ kind, status }, count);
      },
    });
  }

  /** Nothing while the database is away: then the gauge is absent, and the rest of /metrics is still there. */
  private async backlog(): Promise<JobBacklog[]> {
    return this.jobs.backlog().catch(() => []);
  }
}
