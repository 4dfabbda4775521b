import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@plaza/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { JobHandler, RunningJob } from '../src/jobs/job.js';
import { JobMetrics } from '../src/jobs/job-metrics.js';
import { JobRunner, type JobRunnerOptions } from '../src/jobs/job-runner.js';
import { JobTable } from '../src/jobs/job-table.js';
import { type JobOptions, Jobs } from '../src/jobs/jobs.js';
import { type KitDatabase, kitDatabase } from './kit-database.js';

const logger = pino({ level: 'silent' });
const LEASE_MS = 300;

interface Instance {
  runner: JobRunner;
  table: JobTable;
  registry: Registry;
}

interface JobRow {
  id: string;
  status: string;
  attempts: number;
  last_error: string | null;
  result: unknown;
  lease_holder: string | null;
  wait_ms: string;
}

describe('the job table', () => {
  let database: KitDatabase;
  let dataSource: DataSource;
  let instances: Instance[];

  beforeAll(async () => {
    database = await kitDatabase();
    dataSource = database.dataSource;
    await dataSource.query('CREATE TABLE effects (job uuid NOT NULL)');
  });

  afterAll(() => database.drop());

  beforeEach(async () => {
    instances = [];
    await dataSource.query('TRUNCATE jobs, effects');
  });

  afterEach(async () => {
    await Promise.all(instances.map(({ runner }) => runner.stop()));
  });

  async function instance(run: JobHandler['run'], options: Partial<JobRunnerOptions> = {}): Promise<Instance> {
    const pool = await database.connect();
    const registry = new Registry();
    const table = new JobTable(pool, LEASE_MS);
    const runner = new JobRunner({
      handlers: new Map([['test', { handler: { run }, concurrency: 4 }]]),
      table,
      logger,
      metrics: new JobMetrics(registry, pool),
      pollMs: 20,
      renewMs: LEASE_MS / 3,
      ...options,
    });
    const started = { runner, table, registry };
    instances.push(started);
    runner.start();
    return started;
  }

  function add(payload: object = {}, options?: JobOptions): Promise<string> {
    return new Jobs().add(dataSource.manager, 'test', payload, options);
  }

  async function row(id: string): Promise<JobRow | undefined> {
    const rows = await dataSource.query<JobRow[]>(
      'SELECT *, extract(epoch FROM run_at - now()) * 1000 AS wait_ms FROM jobs WHERE id = $1',
      [id],
    );
    return rows[0];
  }

  function ended(id: string, status: string): Promise<JobRow | undefined> {
    return eventually(async () => {
      const job = await row(id);
      expect(job?.status).toBe(status);
      return job;
    });
  }

  it('runs every job once, with four instances at it', async () => {
    const jobs = new Jobs();
    await dataSource.transaction(async (manager) => {
      for (let index = 0; index < 200; index += 1) await jobs.add(manager, 'test', { index });
    });
    const effect: JobHandler['run'] = async (_, job) => {
      await dataSource.query('INSERT INTO effects VALUES ($1)', [job.id]);
    };
    for (let index = 0; index < 4; index += 1) await instance(effect);
    await eventually(async () => expect(await count(`jobs WHERE status = 'DONE'`)).toBe(200));
    expect(await count('effects')).toBe(200);
    expect(await count('(SELECT DISTINCT job FROM effects) AS one')).toBe(200);
  });

  async function count(what: string): Promise<number> {
    const [found] = await dataSource.query<Array<{ count: string }>>(`SELECT count(*) FROM ${what}`);
    return Number(found?.count);
  }

  it('keeps the result', async () => {
    await instance(async () => ({ published: 3 }));
    expect((await ended(await add(), 'DONE'))?.result).toEqual({ published: 3 });
  });

  it('adds a job with the transaction that wants it, or not at all', async () => {
    const jobs = new Jobs();
    const given = dataSource.transaction(async (manager) => {
      await jobs.add(manager, 'test', {});
      throw new Error('changed my mind');
    });
    await expect(given).rejects.toThrow('changed my mind');
    expect(await count('jobs')).toBe(0);
  });

  it('starts a job as soon as it is committed here, without waiting for the poll', async () => {
    const { runner } = await instance(async () => undefined, { pollMs: 60_000 });
    const jobs = new Jobs(() => runner.wake());
    const id = await dataSource.transaction((manager) => jobs.add(manager, 'test', {}));
    expect((await ended(id, 'DONE'))?.attempts).toBe(1);
    expect((await ended(await jobs.add(dataSource.manager, 'test', {}), 'DONE'))?.attempts).toBe(1);
  });

  it('leaves a job alone until its time', async () => {
    const later = await add({}, { runAt: new Date(Date.now() + 3_600_000) });
    await instance(async () => undefined);
    await ended(await add(), 'DONE');
    expect((await row(later))?.attempts).toBe(0);
  });

  it('leaves kinds alone that it does not know', async () => {
    const unknown = await new Jobs().add(dataSource.manager, 'of-a-newer-version', {});
    await instance(async () => undefined);
    await ended(await add(), 'DONE');
    expect((await row(unknown))?.attempts).toBe(0);
  });

  it('adds no second job with the same unique key while the first is not finished', async () => {
    const runAt = new Date(Date.now() + 3_600_000);
    const first = await add({}, { uniqueKey: 'digest', runAt });
    expect(await add({}, { uniqueKey: 'digest' })).toBe(first);
    await instance(async () => undefined);
    await ended(first, 'DONE');
    expect(await add({}, { uniqueKey: 'digest' })).not.toBe(first);
  });

  it('tries again after a failure, later each time', async () => {
    await instance(() => Promise.reject<void>(new Error('no mail server')));
    const id = await add();
    const failed = await eventually(async () => {
      const job = await row(id);
      expect(job?.last_error).toBe('Error: no mail server');
      return job;
    });
    expect(failed).toMatchObject({ status: 'PENDING', attempts: 1, lease_holder: null });
    expect(Number(failed?.wait_ms)).toBeGreaterThan(300);
    expect(Number(failed?.wait_ms)).toBeLessThanOrEqual(1_000);
  });

  it('gives a job up after its last try, and shows it among the dead', async () => {
    const { registry } = await instance(() => Promise.reject<void>(new Error('never')));
    const dead = await ended(await add({}, { maxAttempts: 1 }), 'DEAD');
    expect(dead).toMatchObject({ attempts: 1, last_error: 'Error: never' });
    const metrics = await registry.metrics();
    expect(metrics).toContain('plaza_jobs{kind="test",status="DEAD"} 1');
    expect(metrics).toContain('plaza_job_runs_total{kind="test",outcome="dead"} 1');
  });

  it('takes a job over whose holder died', async () => {
    const id = await add();
    const dying = new JobTable(await database.connect(), LEASE_MS);
    expect((await dying.claim(['test']))?.id).toBe(id);
    await instance(async () => undefined);
    expect(await ended(id, 'DONE')).toMatchObject({ attempts: 2 });
  });

  it('buries a job that takes its process down with it each time', async () => {
    const id = await add({}, { maxAttempts: 2 });
    const dying = new JobTable(await database.connect(), 1);
    for (const attempt of [1, 2]) {
      await eventually(async () => expect((await dying.claim(['test']))?.attempts).toBe(attempt));
    }
    await instance(async () => undefined);
    expect((await ended(id, 'DEAD'))?.last_error).toContain('died each time');
  });

  it('keeps its lease while a job takes longer than that', async () => {
    let runs = 0;
    const long: JobHandler['run'] = async () => {
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, LEASE_MS * 3));
    };
    await instance(long);
    await instance(long);
    await ended(await add(), 'DONE');
    expect(runs).toBe(1);
  });

  it('tells a job whose lease was lost, and lets the new holder have the last word', async () => {
    let lost: RunningJob | undefined;
    const id = await add();
    const first = await instance(async (_, job) => {
      lost = job;
      await new Promise((resolve) => job.signal.addEventListener('abort', resolve));
      return 'from the first';
    });
    await eventually(() => expect(lost?.id).toBe(id));
    await dataSource.query(
      `UPDATE jobs SET lease_holder = 'another', attempts = 2, lease_until = now() + interval '1 h'`,
    );
    await eventually(async () => expect(await outcomes(first, 'lost')).toBe(1));
    expect(await row(id)).toMatchObject({ status: 'PENDING', lease_holder: 'another', result: null });
    await dataSource.query('DELETE FROM jobs');
  });

  async function outcomes({ registry }: Instance, outcome: string): Promise<number> {
    const metric = await registry.getSingleMetric('plaza_job_runs_total')?.get();
    return metric?.values.find((value) => value.labels.outcome === outcome)?.value ?? 0;
  }

  it('finishes in the transaction of its effect, so that the effect is rolled back where the job was lost', async () => {
    const id = await add();
    await instance(async (_, job) => {
      await dataSource.query(`UPDATE jobs SET lease_holder = 'another', lease_until = now() + interval '1 h'`);
      await dataSource.transaction(async (manager) => {
        await manager.query('INSERT INTO effects VALUES ($1)', [job.id]);
        await job.finish(manager);
      });
    });
    await eventually(async () => expect(await outcomes(instances[0] as Instance, 'lost')).toBe(1));
    expect(await count('effects')).toBe(0);
    expect((await row(id))?.status).toBe('PENDING');
    await dataSource.query('DELETE FROM jobs');
  });

  it('has the effect and the end of the job at once where it finishes by itself', async () => {
    await instance(async (_, job) => {
      await dataSource.transaction(async (manager) => {
        await manager.query('INSERT INTO effects VALUES ($1)', [job.id]);
        await job.finish(manager, 'with its effect');
      });
    });
    expect((await ended(await add(), 'DONE'))?.result).toBe('with its effect');
    expect(await count('effects')).toBe(1);
  });

  it('runs no more of a kind at once than it is told', async () => {
    let [atOnce, most] = [0, 0];
    const run: JobHandler['run'] = async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 20));
      atOnce -= 1;
    };
    const ids = await Promise.all(Array.from({ length: 8 }, () => add()));
    await instance(run, { handlers: new Map([['test', { handler: { run }, concurrency: 2 }]]) });
    await Promise.all(ids.map((id) => ended(id, 'DONE')));
    expect(most).toBe(2);
  });

  it('lets a running job end when it is stopped', async () => {
    let release: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      release = resolve;
    });
    const id = await add();
    const { runner } = await instance(() => running);
    await eventually(async () => expect((await row(id))?.attempts).toBe(1));
    const stopped = runner.stop();
    release();
    await stopped;
    expect((await row(id))?.status).toBe('DONE');
  });

  it('gives back a job that does not end in time when it is stopped, and counts no try', async () => {
    const id = await add();
    const { runner } = await instance(
      (_, job) =>
        new Promise<void>((__, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason))),
      { graceMs: 20 },
    );
    await eventually(async () => expect((await row(id))?.attempts).toBe(1));
    await runner.stop();
    expect(await row(id)).toMatchObject({ status: 'PENDING', attempts: 0, lease_holder: null });
  });
});
