import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { BACKGROUND } from '../service/tokens.js';
import { ScheduledJobs } from './scheduled-jobs.js';

const HOUR = 3_600_000;
const BATCH = 1_000;

/** Keeps the kit's own tables from growing: what has served its time is deleted, a batch at a time. */
@Injectable()
export class Maintenance {
  constructor(
    scheduled: ScheduledJobs,
    @Inject(BACKGROUND) private readonly dataSource: DataSource,
  ) {
    scheduled.every('clean-idempotency-keys', HOUR, (signal) => this.cleanIdempotencyKeys(signal));
    scheduled.every('clean-jobs', HOUR, (signal) => this.cleanJobs(signal));
  }

  /** A key is good for 24 hours. */
  async cleanIdempotencyKeys(signal: AbortSignal): Promise<void> {
    await this.deleteBatches('idempotency_keys', `created_at < now() - interval '24 hours'`, signal);
  }

  /** Finished jobs are kept for a week, dead ones for a month, for whoever looks into it. */
  async cleanJobs(signal: AbortSignal): Promise<void> {
    await this.deleteBatches('jobs', `status = 'DONE' AND finished_at < now() - interval '7 days'`, signal);
    await this.deleteBatches('jobs', `status = 'DEAD' AND finished_at < now() - interval '30 days'`, signal);
  }

  private async deleteBatches(table: string, condition: string, signal: AbortSignal): Promise<void> {
    for (let deleted = BATCH; deleted === BATCH && !signal.aborted; ) {
      [, deleted] = await this.dataSource.query<[unknown[], number]>(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${BATCH}))`,
      );
    }
  }
}
