import type { DataSource, EntityManager } from 'typeorm';
import { Jobs } from '../src/jobs/jobs.js';
import { JobTable } from '../src/jobs/postgres/job-table.js';
import { ScheduleTable } from '../src/jobs/postgres/schedule-table.js';
import type { Adding, JobRow, JobsBed } from './jobs-bed.js';
import { kitDatabase } from './kit-database.js';

export async function jobsInPostgres(): Promise<JobsBed & { dataSource: DataSource }> {
  const database = await kitDatabase();
  const { dataSource } = database;
  await dataSource.query('CREATE TABLE effects (job uuid NOT NULL)');
  const effect = (manager: EntityManager, job: string) => manager.query('INSERT INTO effects VALUES ($1)', [job]);
  return {
    dataSource,
    store: async (leaseMs) => new JobTable(await database.connect(), leaseMs),
    schedules: async () => new ScheduleTable(await database.connect()),
    add: (adding = {}) => add(dataSource.manager, adding),
    addTogether: (all, { thenThrow } = {}) =>
      dataSource.transaction(async (manager) => {
        const ids: string[] = [];
        for (const adding of all) ids.push(await add(manager, adding));
        if (thenThrow) throw new Error(thenThrow);
        return ids;
      }),
    async row(id) {
      const [row] = await dataSource.query<Array<JobRow & { wait_ms: string }>>(
        'SELECT *, extract(epoch FROM run_at - updated_at) * 1000 AS wait_ms FROM jobs WHERE id = $1',
        [id],
      );
      return row && { ...row, wait_ms: Number(row.wait_ms) };
    },
    async count(status) {
      const [row] = await dataSource.query<Array<{ count: string }>>(
        'SELECT count(*) FROM jobs WHERE $1::text IS NULL OR status = $1',
        [status],
      );
      return Number(row?.count);
    },
    effect: async (job) => void (await effect(dataSource.manager, job)),
    effectAndFinish: (job, result) =>
      dataSource.transaction(async (manager) => {
        await effect(manager, job.id);
        await job.finish(manager, result);
      }),
    effects: async () =>
      (await dataSource.query<Array<{ job: string }>>('SELECT job FROM effects')).map(({ job }) => job),
    takeOver: () =>
      dataSource.query(`UPDATE jobs SET lease_holder = 'another', attempts = 2, lease_until = now() + interval '1 h'`),
    async schedule(name) {
      const [row] = await dataSource.query('SELECT * FROM scheduled_jobs WHERE name = $1', [name]);
      return row;
    },
    age: (name, byMs) =>
      dataSource.query(
        `UPDATE scheduled_jobs SET last_run_at = last_run_at - $2 * interval '1 ms',
           lease_until = lease_until - $2 * interval '1 ms' WHERE name = $1`,
        [name, byMs],
      ),
    leaveLeased: (name, forMs) =>
      dataSource.query(
        `INSERT INTO scheduled_jobs (name, lease_holder, lease_until) VALUES ($1, 'dead', now() + $2 * interval '1 ms')`,
        [name, forMs],
      ),
    clear: () => dataSource.query('TRUNCATE jobs, effects, scheduled_jobs, idempotency_keys'),
    drop: () => database.drop(),
  };
}

function add(manager: EntityManager, { kind = 'test', payload = {}, onCommit, ...options }: Adding): Promise<string> {
  return new Jobs(onCommit).add(manager, kind, payload, options);
}
