import type { DataSource, EntityManager } from 'typeorm';
import { type Holder, LeaseUncertain } from '../relay/lease.js';
import type { KnownLog, LogLoss, LogStore } from '../relay/log-watch.js';

/** What Kafka has acknowledged, in tables. */
export class PostgresLogStore implements LogStore {
  constructor(private readonly dataSource: DataSource) {}

  async load(): Promise<KnownLog> {
    const rows = await this.dataSource.query<Array<{ topic: string; partition: number; offset: string }>>(
      `SELECT topic, kafka_partition AS partition, kafka_offset AS "offset" FROM relay_acknowledged`,
    );
    const [lease] = await this.dataSource.query<Array<{ cluster_id: string | null }>>(
      `SELECT cluster_id FROM relay_lease WHERE name = 'outbox'`,
    );
    const acknowledged = rows.map((row) => ({ ...row, offset: BigInt(row.offset) }));
    return { acknowledged, clusterId: lease?.cluster_id ?? null };
  }

  async rememberCluster(holder: Holder, clusterId: string): Promise<void> {
    await remember(this.dataSource.manager, holder, clusterId);
  }

  async noteLoss(holder: Holder, { lost, anew, clusterId }: LogLoss): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query(`DELETE FROM relay_acknowledged WHERE topic = ANY($1)`, [lost]);
      await manager.query(
        `INSERT INTO relay_republish (topic) SELECT unnest($1::text[])
         ON CONFLICT (topic) DO UPDATE SET cursor = NULL, requested_at = now()`,
        [anew],
      );
      await remember(manager, holder, clusterId);
    });
  }
}

// Last in its transaction: the renewals of the lease wait for this row.
async function remember(manager: EntityManager, holder: Holder, clusterId: string | null): Promise<void> {
  const [, held] = await manager.query<[unknown[], number]>(
    `UPDATE relay_lease SET cluster_id = $3 WHERE name = 'outbox' AND holder = $1 AND epoch = $2`,
    [holder.name, holder.epoch, clusterId],
  );
  if (held !== 1) throw new LeaseUncertain();
}
