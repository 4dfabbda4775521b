import { randomUUID } from 'node:crypto';
import type { Db, Document } from 'mongodb';
import { isDuplicateKey } from '../../mongo/mongo-errors.js';
import { type Due, ScheduleStore } from '../schedule-store.js';
import { jobCollections, type ScheduleDocument } from './documents.js';

const fresh: Omit<ScheduleDocument, '_id' | 'created_at' | 'updated_at'> = {
  last_run_at: null,
  started_at: null,
  lease_holder: null,
  lease_until: null,
  last_error: null,
};

/** Scheduled work in a MongoDB database. */
export class ScheduleCollection extends ScheduleStore {
  private readonly holder = randomUUID();

  constructor(private readonly db: Db) {
    super();
  }

  async due(schedules: readonly Due[]): Promise<Set<string>> {
    const names = schedules.map(({ name }) => name);
    const known = await this.schedules
      .aggregate<Pick<ScheduleDocument, '_id' | 'last_run_at' | 'lease_until'> & { now: Date }>([
        { $match: { _id: { $in: names } } },
        { $project: { last_run_at: 1, lease_until: 1, now: '$$NOW' } },
      ])
      .toArray();
    const intervals = new Map(schedules.map(({ name, intervalMs }) => [name, intervalMs]));
    const waiting = new Set(names);
    for (const { _id: name, last_run_at, lease_until, now } of known) {
      const next = (last_run_at?.getTime() ?? 0) + (intervals.get(name) ?? 0);
      if (Math.max(next, lease_until?.getTime() ?? 0) > now.getTime()) waiting.delete(name);
    }
    return waiting;
  }

  async take({ name, intervalMs }: Due, leaseMs: number): Promise<Date | undefined> {
    await this.make(name);
    const lease = { lease_holder: this.holder, lease_until: { $add: ['$$NOW', leaseMs] } };
    const taken = await this.schedules.findOneAndUpdate(
      { _id: name, $expr: isFree(intervalMs) },
      [{ $set: { started_at: '$$NOW', updated_at: '$$NOW', ...lease } }],
      { returnDocument: 'after' },
    );
    return taken?.started_at ?? undefined;
  }

  async renew(name: string, leaseMs: number): Promise<void> {
    await this.update(name, { lease_until: { $add: ['$$NOW', leaseMs] } });
  }

  async succeeded(name: string, startedAt: Date): Promise<void> {
    await this.update(name, { last_run_at: startedAt, last_error: null, lease_holder: null, lease_until: null });
  }

  async failed(name: string, error: string, retryMs: number): Promise<void> {
    const waits = { lease_holder: null, lease_until: { $add: ['$$NOW', retryMs] } };
    await this.update(name, { last_error: { $literal: error }, ...waits });
  }

  private async make(name: string): Promise<void> {
    const times = {
      created_at: { $ifNull: ['$created_at', '$$NOW'] },
      updated_at: { $ifNull: ['$updated_at', '$$NOW'] },
    };
    const update = [{ $replaceWith: { $mergeObjects: [fresh, '$$ROOT', times] } }];
    try {
      await this.schedules.updateOne({ _id: name }, update, { upsert: true });
    } catch (error) {
      // Another has just made it.
      if (!isDuplicateKey(error)) throw error;
    }
  }

  private async update(name: string, changes: Document): Promise<void> {
    const mine = { _id: name, lease_holder: this.holder };
    await this.schedules.updateOne(mine, [{ $set: { ...changes, updated_at: '$$NOW' } }]);
  }

  private get schedules() {
    return jobCollections.schedules(this.db);
  }
}

/** Nobody is doing it, and its time has come. Null comes before every date. */
function isFree(intervalMs: number): Document {
  const last = { $lte: ['$last_run_at', { $subtract: ['$$NOW', intervalMs] }] };
  return { $and: [last, { $lte: ['$lease_until', '$$NOW'] }] };
}
