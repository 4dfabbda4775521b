import type { Logger } from 'pino';
import type { JobMetrics } from './job-metrics.js';
import type { ScheduleStore } from './schedule-store.js';
import { settled } from './settled.js';
import { Ticker } from './ticker.js';

const STOPPED_WITHIN_MS = 5_000;

export interface ScheduledJobsOptions {
  store: ScheduleStore;
  logger: Logger;
  metrics: JobMetrics;
  /** How often it looks whether something is due, in ms. */
  tickMs?: number;
  leaseMs?: number;
  /** How long after a failure it is tried again (not later than the interval), in ms. */
  retryMs?: number;
}

/** The signal is aborted when the process stops: what is not done then is done at the next round. */
export type ScheduledRun = (signal: AbortSignal) => Promise<void>;

interface Schedule {
  name: string;
  intervalMs: number;
  run: ScheduledRun;
}

/** Work that comes round: in each interval one instance of the service does it, whichever looks first. */
export class ScheduledJobs {
  private readonly schedules = new Map<string, Schedule>();
  private readonly ticker: Ticker;
  private readonly leaseMs: number;
  private readonly stopping = new AbortController();

  constructor(private readonly options: ScheduledJobsOptions) {
    this.leaseMs = options.leaseMs ?? 30_000;
    this.ticker = new Ticker('scheduled work', options.tickMs ?? 5_000, () => this.runDue(), options.logger);
  }

  /**
   * Has `run` called once every `intervalMs` by one of all instances; at once, if no instance has ever run it. Look-ups are
   * 5 s apart, so shorter intervals are of no use.
   * @param name stable: it is the row that the instances share
   */
  every(name: string, intervalMs: number, run: ScheduledRun): void {
    if (this.schedules.has(name)) throw new Error(`two scheduled jobs are named ${name}`);
    this.schedules.set(name, { name, intervalMs, run });
  }

  start(): void {
    this.ticker.start();
  }

  /** Asks what runs to end, and waits for it up to 5 s: what is cut off is done by another instance, or later. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the process stops'));
    await settled(this.ticker.stop(), STOPPED_WITHIN_MS);
  }

  /** Runs what is due now, in this process. */
  async runDue(): Promise<void> {
    if (this.schedules.size === 0) return;
    const due = await this.options.store.due([...this.schedules.values()]);
    for (const schedule of this.schedules.values()) {
      if (this.stopping.signal.aborted) return;
      if (due.has(schedule.name)) await this.runOne(schedule);
    }
  }

  private async runOne(schedule: Schedule): Promise<void> {
    const startedAt = await this.options.store.take(schedule, this.leaseMs);
    if (!startedAt) return;
    const renewal = setInterval(() => void this.renew(schedule.name), this.leaseMs / 3);
    try {
      await schedule.run(this.stopping.signal);
      await this.options.store.succeeded(schedule.name, startedAt);
      this.options.metrics.ranScheduled(schedule.name, true);
    } catch (error) {
      await this.note(schedule, error);
    } finally {
      clearInterval(renewal);
    }
  }

  private async note({ name, intervalMs }: Schedule, error: unknown): Promise<void> {
    const { store, logger, metrics, retryMs = 30_000 } = this.options;
    metrics.ranScheduled(name, false);
    logger.error({ err: error, scheduled: name }, 'a scheduled job failed; it is tried again');
    await store.failed(name, String(error), Math.min(retryMs, intervalMs));
  }

  private async renew(name: string): Promise<void> {
    try {
      await this.options.store.renew(name, this.leaseMs);
    } catch (error) {
      this.options.logger.warn({ err: error, scheduled: name }, 'the lease of a scheduled job was not renewed');
    }
  }
}
