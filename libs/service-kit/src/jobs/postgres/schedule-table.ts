import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type Due, ScheduleStore } from '../schedule-store.js';

/** Scheduled work in a PostgreSQL database. */
export class ScheduleTable extends ScheduleStore {
  private readonly holder = randomUUID();

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async due(schedules: readonly Due[]): Promise<Set<string>> {
    const rows = await this.dataSource.query<Array<{ name: string }>>(
      `SELECT wanted.name FROM unnest($1::text[], $2::bigint[]) AS wanted (name, interval_ms)
       LEFT JOIN scheduled_jobs AS known ON known.name = wanted.name
       WHERE (known.last_run_at IS NULL OR known.last_run_at <= now() - wanted.interval_ms * interval '1 ms')
         AND (known.lease_until IS NULL OR known.lease_until <= now())`,
      [schedules.map(({ name }) => name), schedules.map(({ intervalMs }) => intervalMs)],
    );
    return new Set(rows.map((row) => row.name));
  }

  async take({ name, intervalMs }: Due, leaseMs: number): Promise<Date | undefined> {
    const rows = await this.dataSource.query<Array<{ started_at: Date }>>(
      `INSERT INTO scheduled_jobs AS known (name, lease_holder, lease_until)
       VALUES ($1, $2, now() + $3 * interval '1 ms')
       ON CONFLICT (name) DO UPDATE
       SET lease_holder = excluded.lease_holder, lease_until = excluded.lease_until, updated_at = now()
       WHERE (known.last_run_at IS NULL OR known.last_run_at <= now() - $4 * interval '1 ms')
         AND (known.lease_until IS NULL OR known.lease_until <= now())
       RETURNING now() AS started_at`,
      [name, this.holder, leaseMs, intervalMs],
    );
    return rows[0]?.started_at;
  }

  async renew(name: string, leaseMs: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE scheduled_jobs SET lease_until = now() + $1 * interval '1 ms' WHERE name = $2 AND lease_holder = $3`,
      [leaseMs, name, this.holder],
    );
  }

  async succeeded(name: string, startedAt: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE scheduled_jobs SET last_run_at = $1, last_error = NULL,
         lease_holder = NULL, lease_until = NULL, updated_at = now()
       WHERE name = $2 AND lease_holder = $3`,
      [startedAt, name, this.holder],
    );
  }

  async failed(name: string, error: string, retryMs: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE scheduled_jobs SET last_error = $1, lease_holder = NULL,
         lease_until = now() + $2 * interval '1 ms', updated_at = now()
       WHERE name = $3 AND lease_holder = $4`,
      [error, retryMs, name, this.holder],
    );
  }
}
