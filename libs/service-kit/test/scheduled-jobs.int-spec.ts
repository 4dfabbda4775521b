import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@plaza/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { JobMetrics } from '../src/jobs/job-metrics.js';
import { cleanIdempotencyKeys, cleanJobs } from '../src/jobs/maintenance.js';
import { ScheduledJobs, type ScheduledRun } from '../src/jobs/scheduled-jobs.js';
import { type KitDatabase, kitDatabase } from './kit-database.js';

const logger = pino({ level: 'silent' });
const HOUR = 3_600_000;

describe('scheduled jobs', () => {
  let database: KitDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await kitDatabase();
    dataSource = database.dataSource;
  });

  afterAll(() => database.drop());

  beforeEach(() => dataSource.query('TRUNCATE scheduled_jobs, jobs, idempotency_keys'));

  async function instance(run: ScheduledRun, tickMs = HOUR): Promise<ScheduledJobs> {
    const pool = await database.connect();
    const metrics = new JobMetrics(new Registry(), pool);
    const jobs = new ScheduledJobs({ dataSource: pool, logger, metrics, leaseMs: 300, retryMs: 1_000, tickMs });
    jobs.every('tidy', HOUR, run);
    return jobs;
  }

  it('run once in each interval, with four instances at it', async () => {
    let runs = 0;
    const run = async () => {
      runs += 1;
    };
    const instances = await Promise.all([1, 2, 3, 4].map(() => instance(run)));
    const round = async () => {
      await Promise.all(instances.map((jobs) => jobs.runDue()));
      return runs;
    };
    expect(await round()).toBe(1);
    expect(await round()).toBe(1);
    await dataSource.query(`UPDATE scheduled_jobs SET last_run_at = last_run_at - interval '1 hour'`);
    expect(await round()).toBe(2);
  });

  it('come round by themselves', async () => {
    let ran: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      ran = resolve;
    });
    const jobs = await instance(async () => ran(), 10);
    jobs.start();
    await done;
    await jobs.stop();
  });

  it('are tried again a while after they failed, by any instance', async () => {
    const failing = await instance(() => Promise.reject(new Error('no disk')));
    let runs = 0;
    const other = await instance(async () => {
      runs += 1;
    });
    await failing.runDue();
    await other.runDue();
    expect(runs).toBe(0);
    const [row] = await dataSource.query('SELECT last_error, last_run_at FROM scheduled_jobs');
    expect(row).toEqual({ last_error: 'Error: no disk', last_run_at: null });
    await dataSource.query('UPDATE scheduled_jobs SET lease_until = now()');
    await other.runDue();
    expect(runs).toBe(1);
  });

  it('are taken over from an instance that died in the middle', async () => {
    await dataSource.query(
      `INSERT INTO scheduled_jobs (name, lease_holder, lease_until) VALUES ('tidy', 'dead', now() + interval '200 ms')`,
    );
    let runs = 0;
    const jobs = await instance(async () => {
      runs += 1;
    });
    await jobs.runDue();
    expect(runs).toBe(0);
    await eventually(async () => {
      await jobs.runDue();
      expect(runs).toBe(1);
    });
  });

  it('keep others out for as long as they take', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = (await instance(() => held)).runDue();
    let runs = 0;
    const other = await instance(async () => {
      runs += 1;
    });
    const leases = new Set<number>();
    await eventually(async () => {
      await other.runDue();
      const [row] = await dataSource.query<Array<{ lease_until: Date }>>('SELECT lease_until FROM scheduled_jobs');
      leases.add(row?.lease_until.getTime() ?? 0);
      expect(leases.size).toBeGreaterThan(5);
    });
    release();
    await slow;
    expect(runs).toBe(0);
  });

  it('ask a run to end when the process stops', async () => {
    const jobs = await instance(
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      10,
    );
    jobs.start();
    await eventually(async () => expect(await dataSource.query('SELECT 1 FROM scheduled_jobs')).toHaveLength(1));
    await jobs.stop();
  });

  it('can not share a name', async () => {
    const jobs = await instance(async () => undefined);
    expect(() => jobs.every('tidy', HOUR, async () => undefined)).toThrow('tidy');
  });

  it('delete what has served its time, and nothing else', async () => {
    await dataSource.query(`
      INSERT INTO jobs (id, kind, payload, max_attempts, status, finished_at)
      SELECT gen_random_uuid(), kind, '{}', 1, status, now() - age
      FROM (VALUES ('old done', 'DONE', interval '8 days'), ('done', 'DONE', interval '6 days'),
        ('old dead', 'DEAD', interval '31 days'), ('dead', 'DEAD', interval '29 days'),
        ('pending', 'PENDING', NULL)) AS job (kind, status, age)`);
    await dataSource.query(`
      INSERT INTO idempotency_keys (user_id, route, key, fingerprint, result, created_at)
      SELECT gen_random_uuid(), 'POST /', key, 'f', '{}', now() - age
      FROM (SELECT 'new', interval '23 hours' UNION ALL
        SELECT 'old ' || n, interval '25 hours' FROM generate_series(1, 2500) AS n) AS used (key, age)`);
    const { signal } = new AbortController();
    await cleanJobs(dataSource, signal);
    await cleanIdempotencyKeys(dataSource, signal);
    const kinds = await dataSource.query<Array<{ kind: string }>>('SELECT kind FROM jobs ORDER BY kind');
    expect(kinds.map(({ kind }) => kind)).toEqual(['dead', 'done', 'pending']);
    expect(await dataSource.query('SELECT key FROM idempotency_keys')).toEqual([{ key: 'new' }]);
  });
});
