import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { JsonValue } from '../../paging/cursors.js';
import {
  type ClaimedJob,
  type Failure,
  isSession,
  type JobBacklog,
  JobStore,
  type JobTransaction,
} from '../job-store.js';

/** TypeORM's answer to an UPDATE. */
type Updated<T = object> = [rows: T[], count: number];

/** The jobs in a PostgreSQL database. */
export class JobTable extends JobStore {
  /** Names this runner in the rows it has claimed. */
  readonly holder = randomUUID();

  constructor(
    private readonly dataSource: DataSource,
    private readonly leaseMs: number,
  ) {
    super();
  }

  async claim(kinds: readonly string[]): Promise<ClaimedJob | undefined> {
    const [rows] = await this.dataSource.query<Updated<ClaimedJob>>(
      `UPDATE jobs SET attempts = attempts + 1, lease_holder = $1, lease_until = now() + $2 * interval '1 ms',
         updated_at = now()
       WHERE id = (
         SELECT id FROM jobs
         WHERE status = 'PENDING' AND run_at <= now() AND kind = ANY($3) AND (lease_until IS NULL OR lease_until < now())
         ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED
       )
       RETURNING id, kind, payload, attempts, max_attempts`,
      [this.holder, this.leaseMs, kinds],
    );
    return rows[0];
  }

  async renew(ids: readonly string[]): Promise<Set<string>> {
    const [rows] = await this.dataSource.query<Updated<{ id: string }>>(
      `UPDATE jobs SET lease_until = now() + $1 * interval '1 ms'
       WHERE id = ANY($2) AND lease_holder = $3 AND status = 'PENDING' RETURNING id`,
      [this.leaseMs, ids, this.holder],
    );
    return new Set(rows.map((row) => row.id));
  }

  async finish({ id, attempts }: ClaimedJob, result?: JsonValue, transaction?: JobTransaction): Promise<boolean> {
    if (transaction && isSession(transaction)) {
      throw new TypeError('a job in PostgreSQL is finished in a transaction of PostgreSQL');
    }
    const [, count] = await (transaction ?? this.dataSource).query<Updated>(
      `UPDATE jobs SET status = 'DONE', finished_at = now(), result = $1, last_error = NULL,
         lease_holder = NULL, lease_until = NULL, updated_at = now()
       WHERE id = $2 AND lease_holder = $3 AND attempts = $4 AND status = 'PENDING'`,
      [result === undefined ? null : JSON.stringify(result), id, this.holder, attempts],
    );
    return count > 0;
  }

  async fail({ id, attempts }: ClaimedJob, error: string, backoffMs: number): Promise<Failure> {
    const [rows] = await this.dataSource.query<Updated<{ status: string }>>(
      `UPDATE jobs SET last_error = $1, lease_holder = NULL, lease_until = NULL, updated_at = now(),
         status = CASE WHEN attempts >= max_attempts THEN 'DEAD' ELSE 'PENDING' END,
         finished_at = CASE WHEN attempts >= max_attempts THEN now() END,
         run_at = now() + $2 * interval '1 ms'
       WHERE id = $3 AND lease_holder = $4 AND attempts = $5 AND status = 'PENDING'
       RETURNING status`,
      [error, backoffMs, id, this.holder, attempts],
    );
    if (!rows[0]) return 'lost';
    return rows[0].status === 'DEAD' ? 'dead' : 'retry';
  }

  async release({ id, attempts }: ClaimedJob): Promise<void> {
    await this.dataSource.query(
      `UPDATE jobs SET attempts = attempts - 1, lease_holder = NULL, lease_until = NULL, updated_at = now()
       WHERE id = $1 AND lease_holder = $2 AND attempts = $3 AND status = 'PENDING'`,
      [id, this.holder, attempts],
    );
  }

  async backlog(): Promise<JobBacklog[]> {
    // Two halves, so that each is answered from its partial index and the many that are done are not looked at.
    const counts = await this.dataSource.query<Array<Omit<JobBacklog, 'count'> & { count: string }>>(
      `SELECT kind, status, count(*) FROM jobs WHERE status = 'PENDING' GROUP BY kind, status
       UNION ALL SELECT kind, status, count(*) FROM jobs WHERE status = 'DEAD' GROUP BY kind, status`,
    );
    return counts.map(({ count, ...of }) => ({ ...of, count: Number(count) }));
  }
}
