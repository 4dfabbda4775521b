import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMongoDatabase, eventually } from '@plaza/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { kitMongoMigrations } from '../src/features.js';
import { JobMetrics } from '../src/jobs/job-metrics.js';
import { cleanIdempotencyKeys, cleanJobs } from '../src/jobs/maintenance.js';
import { ScheduledJobs, type ScheduledRun } from '../src/jobs/scheduled-jobs.js';
import type { JobsBed } from './jobs-bed.js';
import { jobsInMongo } from './jobs-mongo.js';
import { jobsInPostgres } from './jobs-postgres.js';

const logger = pino({ level: 'silent' });
const HOUR = 3_600_000;

describe.each([
  ['PostgreSQL', jobsInPostgres],
  ['MongoDB', jobsInMongo],
])('scheduled jobs in %s', (_, open) => {
  let bed: JobsBed;

  beforeAll(async () => {
    bed = await open();
  });

  afterAll(() => bed.drop());

  beforeEach(() => bed.clear());

  async function instance(run: ScheduledRun, tickMs = HOUR): Promise<ScheduledJobs> {
    const [store, jobStore] = [await bed.schedules(), await bed.store(300)];
    const metrics = new JobMetrics(new Registry(), jobStore);
    const jobs = new ScheduledJobs({ store, logger, metrics, leaseMs: 300, retryMs: 1_000, tickMs });
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
    await bed.age('tidy', HOUR);
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
    expect(await bed.schedule('tidy')).toMatchObject({ last_error: 'Error: no disk', last_run_at: null });
    await bed.age('tidy', 1_000);
    await other.runDue();
    expect(runs).toBe(1);
  });

  it('are taken over from an instance that died in the middle', async () => {
    await bed.leaveLeased('tidy', 200);
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
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = await instance(() => {
      begun.resolve();
      return held.promise;
    });
    const slow = first.runDue();
    await begun.promise;
    let runs = 0;
    const other = await instance(async () => {
      runs += 1;
    });
    const leases = new Set<number>();
    await eventually(async () => {
      await other.runDue();
      leases.add((await bed.schedule('tidy')).lease_until?.getTime() ?? 0);
      expect(leases.size).toBeGreaterThan(5);
    });
    held.resolve();
    await slow;
    expect(runs).toBe(0);
  });

  it('ask a run to end when the process stops', async () => {
    const jobs = await instance(
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      10,
    );
    jobs.start();
    await eventually(async () => expect((await bed.schedule('tidy')).lease_until).toBeInstanceOf(Date));
    await jobs.stop();
  });

  it('can not share a name', async () => {
    const jobs = await instance(async () => undefined);
    expect(() => jobs.every('tidy', HOUR, async () => undefined)).toThrow('tidy');
  });
});

it('deletes from PostgreSQL what has served its time, and nothing else', async () => {
  const { dataSource, drop } = await jobsInPostgres();
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
  await drop();
});

it('has MongoDB delete finished jobs after a week and dead ones after a month', async () => {
  const { db, drop } = await createMongoDatabase();
  for (const migration of kitMongoMigrations) await migration.up(db);
  const indexes = await db.collection('jobs').indexes();
  const kept = indexes.flatMap(({ partialFilterExpression: of, expireAfterSeconds: seconds }) =>
    seconds ? [[of?.status, seconds / 86_400]] : [],
  );
  expect(kept).toEqual([
    ['DONE', 7],
    ['DEAD', 30],
  ]);
  await drop();
});
