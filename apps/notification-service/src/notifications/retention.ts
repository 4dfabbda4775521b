import { Inject, Injectable } from '@nestjs/common';
import { BACKGROUND, deleteBatches, ScheduledJobs } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { DAYS_KEPT, maintainPartitions } from './partitions.js';

const HOUR = 3_600_000;

/** Keeps notifications and what they follow from for 30 days; hourly, once for all instances. */
@Injectable()
export class Retention {
  constructor(scheduled: ScheduledJobs, @Inject(BACKGROUND) database: DataSource) {
    scheduled.every('maintain-notifications', HOUR, () => maintainPartitions(database));
    scheduled.every('clean-causes', HOUR, (signal) => cleanCauses(database, signal));
  }
}

/**
 * Causes, tombstones and what fell into the default partition. They outlive every partition: a cause must not be gone, and so
 * be told again, while the notification that told it is there.
 */
export async function cleanCauses(database: DataSource, signal?: AbortSignal): Promise<void> {
  const olderThan = (column: string) => `${column} < now() - interval '${DAYS_KEPT + 2} days'`;
  await deleteBatches(database, 'notifications_default', olderThan('created_at'), signal);
  await deleteBatches(database, 'latest_notifications', olderThan('updated_at'), signal);
  await deleteBatches(database, 'causes', olderThan('updated_at'), signal);
  await deleteBatches(database, 'deleted_subjects', olderThan('created_at'), signal);
}
