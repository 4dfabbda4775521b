import { Inject, Injectable } from '@nestjs/common';
import { DeadLetters, InboxCleaner, maintainMongoOutbox, maintainOutbox } from '@plaza/kafka';
import type { Db } from 'mongodb';
import type { DataSource } from 'typeorm';
import { BACKGROUND } from '../service/tokens.js';
import { deleteBatches } from './postgres/delete-batches.js';
import { ScheduledJobs } from './scheduled-jobs.js';

const HOUR = 3_600_000;

/** Keeps what consumers leave from growing: what has served its time goes, hourly, once for all instances. */
@Injectable()
export class Maintenance {
  constructor(scheduled: ScheduledJobs, inbox: InboxCleaner, deadLetters: DeadLetters) {
    scheduled.every('clean-inbox', HOUR, async () => void (await inbox.dropOld()));
    scheduled.every('clean-dead-letters', HOUR, async () => void (await deadLetters.dropOld()));
  }
}

/** The same for the other tables of the events and of the kit in PostgreSQL. */
@Injectable()
export class PostgresMaintenance {
  constructor(scheduled: ScheduledJobs, @Inject(BACKGROUND) dataSource: DataSource) {
    scheduled.every('maintain-outbox', HOUR, () => maintainOutbox(dataSource));
    scheduled.every('clean-idempotency-keys', HOUR, (signal) => cleanIdempotencyKeys(dataSource, signal));
    scheduled.every('clean-jobs', HOUR, (signal) => cleanJobs(dataSource, signal));
  }
}

/** And in MongoDB, where indexes see to the rest. */
@Injectable()
export class MongoMaintenance {
  constructor(scheduled: ScheduledJobs, @Inject(BACKGROUND) db: Db) {
    scheduled.every('maintain-outbox', HOUR, async (signal) => void (await maintainMongoOutbox(db, signal)));
  }
}

/** A key is good for 24 hours. */
export async function cleanIdempotencyKeys(dataSource: DataSource, signal: AbortSignal): Promise<void> {
  await deleteBatches(dataSource, 'idempotency_keys', `created_at < now() - interval '24 hours'`, signal);
}

/** Finished jobs are kept for a week, dead ones for a month, for whoever looks into it. */
export async function cleanJobs(dataSource: DataSource, signal: AbortSignal): Promise<void> {
  await deleteBatches(dataSource, 'jobs', `status = 'DONE' AND finished_at < now() - interval '7 days'`, signal);
  await deleteBatches(dataSource, 'jobs', `status = 'DEAD' AND finished_at < now() - interval '30 days'`, signal);
}
