import type { Db, Filter } from 'mongodb';
import type { Holder, LeaseStore } from '../relay/lease.js';
import { type LeaseDocument, outboxCollections } from './documents.js';

/** The lease of the relay as a document. */
export class MongoLeaseStore implements LeaseStore {
  constructor(private readonly db: Db) {}

  async take(name: string, lasts: number): Promise<string | undefined> {
    const taken = await this.leases.findOneAndUpdate(
      { _id: 'outbox', $expr: { $lt: ['$until', '$$NOW'] } },
      [{ $set: { holder: name, epoch: { $add: ['$epoch', 1] }, until: { $add: ['$$NOW', lasts] } } }],
      { returnDocument: 'after' },
    );
    return taken ? String(taken.epoch) : undefined;
  }

  async renew(holder: Holder, lasts: number): Promise<boolean> {
    const update = [{ $set: { until: { $add: ['$$NOW', lasts] } } }];
    const { matchedCount } = await this.leases.updateOne(leaseOf(holder), update);
    return matchedCount === 1;
  }

  async release(holder: Holder): Promise<void> {
    await this.leases.updateOne(leaseOf(holder), { $set: { until: new Date(0) } });
  }

  private get leases() {
    return outboxCollections.lease(this.db);
  }
}

/** The lease, if this holder has it. */
export function leaseOf({ name, epoch }: Holder): Filter<LeaseDocument> {
  return { _id: 'outbox', holder: name, epoch: Number(epoch) };
}
