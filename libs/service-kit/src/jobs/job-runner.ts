import type { Logger } from 'pino';
import type { JsonValue } from '../paging/cursors.js';
import { backoff } from './backoff.js';
import { type JobHandler, LeaseLost, type RunningJob } from './job.js';
import type { JobMetrics } from './job-metrics.js';
import type { ClaimedJob, JobStore, JobTransaction } from './job-store.js';
import { settled } from './settled.js';
import { Ticker } from './ticker.js';

const ABORTED_WITHIN_MS = 2_000;

export interface RegisteredHandler {
  handler: JobHandler;
  concurrency: number;
}

export interface JobRunnerOptions {
  handlers: ReadonlyMap<string, RegisteredHandler>;
  store: JobStore;
  logger: Logger;
  metrics: JobMetrics;
  /** Most jobs at once in this process. */
  concurrency?: number;
  pollMs?: number;
  /** How often leases are renewed: a third of their length. */
  renewMs?: number;
  /** How long running jobs may go on after `stop`, before they are asked to give up, in ms. */
  graceMs?: number;
}

interface Running {
  job: ClaimedJob;
  abort: AbortController;
  ended: Promise<void>;
  /** The handler has finished it in its own transaction. */
  finished: boolean;
}

/** Claims due jobs of the kinds it knows and runs them, a few at a time, until it is stopped. */
export class JobRunner {
  private readonly running = new Map<string, Running>();
  private readonly poll: Ticker;
  private readonly renewal: Ticker;

  constructor(private readonly options: JobRunnerOptions) {
    const { logger, pollMs = 500, renewMs = 10_000 } = options;
    this.poll = new Ticker('looking for jobs', pollMs, () => this.claimDue(), logger);
    this.renewal = new Ticker('renewing the leases of jobs', renewMs, () => this.renewLeases(), logger);
  }

  start(): void {
    if (this.options.handlers.size === 0) return;
    this.poll.start();
    this.renewal.start();
  }

  /** Looks for due jobs at once instead of at the next poll. */
  wake(): void {
    this.poll.wake();
  }

  /** Claims nothing more, lets running jobs end, and asks those that take longer than `graceMs` to give up. */
  async stop(): Promise<void> {
    const { graceMs = 3_000 } = this.options;
    await this.poll.stop();
    if (!(await settled(this.allEnded(), graceMs))) {
      for (const { abort } of this.running.values()) abort.abort(new Error('the process stops'));
      await settled(this.allEnded(), ABORTED_WITHIN_MS);
    }
    await this.renewal.stop();
  }

  private async claimDue(): Promise<void> {
    for (;;) {
      const kinds = this.kindsWithRoom();
      if (kinds.length === 0) return;
      const job = await this.options.store.claim(kinds);
      if (!job) return;
      this.begin(job);
    }
  }

  private kindsWithRoom(): string[] {
    const { concurrency = 4, handlers } = this.options;
    if (this.poll.stopped || this.running.size >= concurrency) return [];
    const busy = (kind: string) => [...this.running.values()].filter(({ job }) => job.kind === kind).length;
    return [...handlers].filter(([kind, handler]) => busy(kind) < handler.concurrency).map(([kind]) => kind);
  }

  private begin(job: ClaimedJob): void {
    const running: Running = { job, abort: new AbortController(), ended: Promise.resolve(), finished: false };
    this.running.set(job.id, running);
    running.ended = this.work(running).finally(() => {
      this.running.delete(job.id);
      this.wake();
    });
  }

  private async work(running: Running): Promise<void> {
    const { job } = running;
    const { store, logger, metrics } = this.options;
    const started = performance.now();
    try {
      const result = await this.handle(running);
      const done = running.finished || (await store.finish(job, result));
      metrics.ran(job.kind, done ? 'done' : 'lost', performance.now() - started);
    } catch (error) {
      const outcome = await this.conclude(running, error).catch((cause) => {
        logger.warn({ err: cause, job: job.id }, 'the failure of a job could not be noted; its lease will run out');
        return 'lost' as const;
      });
      metrics.ran(job.kind, outcome, performance.now() - started);
    }
  }

  private async handle(running: Running): Promise<JsonValue | undefined> {
    const { job, abort } = running;
    const registered = this.options.handlers.get(job.kind);
    if (!registered) throw new Error(`no handler for jobs of kind ${job.kind}`);
    // The tries of a job that takes its process down with it are used up as well.
    if (job.attempts > job.max_attempts) throw new Error('the process that ran the job died each time');
    const view: RunningJob = {
      id: job.id,
      kind: job.kind,
      attempt: job.attempts,
      signal: abort.signal,
      finish: (transaction, result) => this.finish(running, transaction, result),
    };
    return (await registered.handler.run(job.payload, view)) ?? undefined;
  }

  private async finish(running: Running, transaction: JobTransaction, result?: JsonValue): Promise<void> {
    const done = await this.options.store.finish(running.job, result, transaction);
    if (!done) throw new LeaseLost(`the job ${running.job.id} was taken over`);
    running.finished = true;
  }

  private async conclude({ job, abort }: Running, error: unknown): Promise<'retry' | 'dead' | 'lost' | 'released'> {
    const { store, logger } = this.options;
    if (error instanceof LeaseLost) return 'lost';
    if (this.poll.stopped && abort.signal.aborted) {
      await store.release(job);
      return 'released';
    }
    const outcome = await store.fail(job, String(error), backoff(job.attempts));
    const level = outcome === 'dead' ? 'error' : 'warn';
    logger[level]({ err: error, job: job.id, kind: job.kind, attempt: job.attempts, outcome }, 'a job failed');
    return outcome;
  }

  private async renewLeases(): Promise<void> {
    // A job that finishes itself holds its row's lock until its transaction ends: renewing it would wait for that.
    const ids = [...this.running.values()].filter(({ finished }) => !finished).map(({ job }) => job.id);
    if (ids.length === 0) return;
    const held = await this.options.store.renew(ids);
    for (const id of ids) if (!held.has(id)) this.running.get(id)?.abort.abort(new LeaseLost(`lease of ${id} lost`));
  }

  private async allEnded(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }
}
