import type { ClientSession, Db } from 'mongodb';
import { type Holder, LeaseUncertain } from '../relay/lease.js';
import type { KnownLog, LogLoss, LogStore } from '../relay/log-watch.js';
import { outboxCollections } from './documents.js';
import { leaseOf } from './lease-store.js';
import { inTransaction } from './transaction.js';

/** What Kafka has acknowledged, in MongoDB. */
export class MongoLogStore implements LogStore {
  constructor(private readonly db: Db) {}

  async load(): Promise<KnownLog> {
    const documents = await outboxCollections.acknowledged(this.db).find().toArray();
    const lease = await outboxCollections.lease(this.db).findOne({ _id: 'outbox' });
    const acknowledged = documents.map(({ topic, kafka_partition: partition, kafka_offset }) => {
      return { topic, partition, offset: BigInt(kafka_offset) };
    });
    return { acknowledged, clusterId: lease?.cluster_id ?? null };
  }

  async rememberCluster(holder: Holder, clusterId: string | null, session?: ClientSession): Promise<void> {
    const update = { $set: { cluster_id: clusterId } };
    const { matchedCount } = await outboxCollections.lease(this.db).updateOne(leaseOf(holder), update, { session });
    if (matchedCount !== 1) throw new LeaseUncertain();
  }

  async noteLoss(holder: Holder, { lost, anew, clusterId }: LogLoss): Promise<void> {
    await inTransaction(this.db, async (session) => {
      await this.rememberCluster(holder, clusterId, session);
      await outboxCollections.acknowledged(this.db).deleteMany({ topic: { $in: lost } }, { session });
      if (anew.length === 0) return;
      const requested = [{ $set: { cursor: null, requested_at: '$$NOW' } }];
      await outboxCollections.republish(this.db).bulkWrite(
        anew.map((topic) => ({ updateOne: { filter: { _id: topic }, update: requested, upsert: true } })),
        { session },
      );
    });
  }
}
