import type { DataSource } from 'typeorm';
import type { Holder, LeaseStore } from '../relay/lease.js';

/** The lease of the relay as the row of a table. */
export class PostgresLeaseStore implements LeaseStore {
  constructor(private readonly dataSource: DataSource) {}

  async take(name: string, lasts: number): Promise<string | undefined> {
    const [rows] = await this.dataSource.query<[Array<{ epoch: string }>, number]>(
      `UPDATE relay_lease SET holder = $1, epoch = epoch + 1, until = clock_timestamp() + $2 * interval '1 ms'
       WHERE name = 'outbox' AND until < clock_timestamp() RETURNING epoch`,
      [name, lasts],
    );
    return rows[0]?.epoch;
  }

  async renew({ name, epoch }: Holder, lasts: number): Promise<boolean> {
    const [, renewed] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE relay_lease SET until = clock_timestamp() + $3 * interval '1 ms'
       WHERE name = 'outbox' AND holder = $1 AND epoch = $2`,
      [name, epoch, lasts],
    );
    return renewed === 1;
  }

  async release({ name, epoch }: Holder): Promise<void> {
    await this.dataSource.query(
      `UPDATE relay_lease SET until = '-infinity' WHERE name = 'outbox' AND holder = $1 AND epoch = $2`,
      [name, epoch],
    );
  }
}
