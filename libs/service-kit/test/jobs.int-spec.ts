import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@plaza/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { JobHandler, RunningJob } from '../src/jobs/job.js';
import { JobMetrics } from '../src/jobs/job-metrics.js';
import { JobRunner, type JobRunnerOptions } from '../src/jobs/job-runner.js';
import type { JobStore } from '../src/jobs/job-store.js';
import type { Adding, JobRow, JobsBed } from './jobs-bed.js';
import { jobsInMongo } from './jobs-mongo.js';
import { jobsInPostgres } from './jobs-postgres.js';

const logger = pino({ level: 'silent' });
const LEASE_MS = 300;

interface Instance {
  runner: JobRunner;
  store: JobStore;
  registry: Registry;
}

describe.each([
  ['PostgreSQL', jobsInPostgres],
  ['MongoDB', jobsInMongo],
])('jobs in %s', (_, open) => {
  let bed: JobsBed;
  let instances: Instance[];

  beforeAll(async () => {
    bed = await open();
  });

  afterAll(() => bed.drop());

  beforeEach(async () => {
    instances = [];
    await bed.clear();
  });

  afterEach(async () => {
    await Promise.all(instances.map(({ runner }) => runner.stop()));
  });

  async function instance(
    run: JobHandler['run'],
    { leaseMs = LEASE_MS, ...options }: Partial<JobRunnerOptions> & { leaseMs?: number } = {},
  ): Promise<Instance> {
    const registry = new Registry();
    const store = await bed.store(leaseMs);
    const runner = new JobRunner({
      handlers: new Map([['test', { handler: { run }, concurrency: 4 }]]),
      store,
      logger,
      metrics: new JobMetrics(registry, store),
      pollMs: 20,
      renewMs: leaseMs / 3,
      ...options,
    });
    const started = { runner, store, registry };
    instances.push(started);
    runner.start();
    return started;
  }

  function ended(id: string, status: string): Promise<JobRow | undefined> {
    return eventually(async () => {
      const job = await bed.row(id);
      expect(job?.status).toBe(status);
      return job;
    });
  }

  it('runs every job once, with four instances at it', async () => {
    await bed.addTogether(Array.from({ length: 200 }, (_, index): Adding => ({ payload: { index } })));
    for (let index = 0; index < 4; index += 1) await instance((_, job) => bed.effect(job.id), { leaseMs: 30_000 });
    await eventually(async () => expect(await bed.count('DONE')).toBe(200));
    const effects = await bed.effects();
    expect([effects.length, new Set(effects).size]).toEqual([200, 200]);
  });

  it('keeps the result', async () => {
    await instance(async () => ({ published: 3 }));
    expect((await ended(await bed.add(), 'DONE'))?.result).toEqual({ published: 3 });
  });

  it('adds a job with the transaction that wants it, or not at all', async () => {
    const given = bed.addTogether([{}], { thenThrow: 'changed my mind' });
    await expect(given).rejects.toThrow('changed my mind');
    expect(await bed.count()).toBe(0);
  });

  it('starts a job as soon as it is committed here, without waiting for the poll', async () => {
    const { runner } = await instance(async () => undefined, { pollMs: 60_000 });
    const onCommit = () => runner.wake();
    const [id = ''] = await bed.addTogether([{ onCommit }]);
    expect((await ended(id, 'DONE'))?.attempts).toBe(1);
    expect((await ended(await bed.add({ onCommit }), 'DONE'))?.attempts).toBe(1);
  });

  it('leaves a job alone until its time', async () => {
    const later = await bed.add({ runAt: new Date(Date.now() + 3_600_000) });
    await instance(async () => undefined);
    await ended(await bed.add(), 'DONE');
    expect((await bed.row(later))?.attempts).toBe(0);
  });

  it('leaves kinds alone that it does not know', async () => {
    const unknown = await bed.add({ kind: 'of-a-newer-version' });
    await instance(async () => undefined);
    await ended(await bed.add(), 'DONE');
    expect((await bed.row(unknown))?.attempts).toBe(0);
  });

  it('adds no second job with the same unique key while the first is not finished', async () => {
    const runAt = new Date(Date.now() + 3_600_000);
    const first = await bed.add({ uniqueKey: 'digest', runAt });
    expect(await bed.add({ uniqueKey: 'digest' })).toBe(first);
    await instance(async () => undefined);
    await ended(first, 'DONE');
    expect(await bed.add({ uniqueKey: 'digest' })).not.toBe(first);
  });

  it('adds one job where many want the same at once, and at the earliest time', async () => {
    const later = (hours: number) => ({ uniqueKey: 'digest', runAt: new Date(Date.now() + hours * 3_600_000) });
    const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => bed.add(later(index + 1))));
    expect([new Set(ids).size, await bed.count()]).toEqual([1, 1]);
    await bed.add(later(0));
    await instance(async () => undefined);
    await ended(ids[0] ?? '', 'DONE');
  });

  it('tries again after a failure, later each time', async () => {
    await instance(() => Promise.reject<void>(new Error('no mail server')));
    const id = await bed.add();
    const failed = await eventually(async () => {
      const job = await bed.row(id);
      expect(job).toMatchObject({ status: 'PENDING', last_error: 'Error: no mail server', lease_holder: null });
      return job;
    });
    // Whichever try it is by now.
    const longest = 1_000 * 2 ** ((failed?.attempts ?? 0) - 1);
    expect(failed?.wait_ms).toBeGreaterThanOrEqual(longest / 2);
    expect(failed?.wait_ms).toBeLessThanOrEqual(longest);
  });

  it('gives a job up after its last try, and shows it among the dead', async () => {
    const { registry } = await instance(() => Promise.reject<void>(new Error('never')));
    const dead = await ended(await bed.add({ maxAttempts: 1 }), 'DEAD');
    expect(dead).toMatchObject({ attempts: 1, last_error: 'Error: never' });
    const metrics = await registry.metrics();
    expect(metrics).toContain('plaza_jobs{kind="test",status="DEAD"} 1');
    // Counted once it is noted.
    await eventually(async () => expect(await outcomes(instances[0] as Instance, 'dead')).toBe(1));
  });

  it('takes a job over whose holder died', async () => {
    const id = await bed.add();
    const dying = await bed.store(LEASE_MS);
    expect((await dying.claim(['test']))?.id).toBe(id);
    await instance(async () => undefined);
    expect(await ended(id, 'DONE')).toMatchObject({ attempts: 2 });
  });

  it('buries a job that takes its process down with it each time', async () => {
    const id = await bed.add({ maxAttempts: 2 });
    const dying = await bed.store(1);
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
    await ended(await bed.add(), 'DONE');
    expect(runs).toBe(1);
  });

  it('tells a job whose lease was lost, and lets the new holder have the last word', async () => {
    let lost: RunningJob | undefined;
    const id = await bed.add();
    const first = await instance(async (_, job) => {
      lost = job;
      await new Promise((resolve) => job.signal.addEventListener('abort', resolve));
      return 'from the first';
    });
    await eventually(() => expect(lost?.id).toBe(id));
    await bed.takeOver();
    await eventually(async () => expect(await outcomes(first, 'lost')).toBe(1));
    expect(await bed.row(id)).toMatchObject({ status: 'PENDING', lease_holder: 'another', result: null });
    await bed.clear();
  });

  async function outcomes({ registry }: Instance, outcome: string): Promise<number> {
    const metric = await registry.getSingleMetric('plaza_job_runs_total')?.get();
    return metric?.values.find((value) => value.labels.outcome === outcome)?.value ?? 0;
  }

  it('finishes in the transaction of its effect, so that the effect is rolled back where the job was lost', async () => {
    const id = await bed.add();
    await instance(async (_, job) => {
      await bed.takeOver();
      await bed.effectAndFinish(job);
    });
    await eventually(async () => expect(await outcomes(instances[0] as Instance, 'lost')).toBe(1));
    expect(await bed.effects()).toEqual([]);
    expect((await bed.row(id))?.status).toBe('PENDING');
    await bed.clear();
  });

  it('has the effect and the end of the job at once where it finishes by itself', async () => {
    await instance((_, job) => bed.effectAndFinish(job, 'with its effect'));
    expect((await ended(await bed.add(), 'DONE'))?.result).toBe('with its effect');
    expect(await bed.effects()).toHaveLength(1);
  });

  it('runs no more of a kind at once than it is told', async () => {
    let [atOnce, most] = [0, 0];
    const run: JobHandler['run'] = async () => {
      most = Math.max(most, ++atOnce);
      // The first one waits for the second.
      await eventually(() => expect(most).toBeGreaterThan(1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      atOnce -= 1;
    };
    const ids = await Promise.all(Array.from({ length: 8 }, () => bed.add()));
    await instance(run, { handlers: new Map([['test', { handler: { run }, concurrency: 2 }]]) });
    await Promise.all(ids.map((id) => ended(id, 'DONE')));
    expect(most).toBe(2);
  });

  it('lets a running job end when it is stopped', async () => {
    let release: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      release = resolve;
    });
    const id = await bed.add();
    const { runner } = await instance(() => running);
    await eventually(async () => expect((await bed.row(id))?.attempts).toBe(1));
    const stopped = runner.stop();
    release();
    await stopped;
    expect((await bed.row(id))?.status).toBe('DONE');
  });

  it('gives back a job that does not end in time when it is stopped, and counts no try', async () => {
    const id = await bed.add();
    const { runner } = await instance(
      (_, job) =>
        new Promise<void>((__, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason))),
      { graceMs: 20 },
    );
    await eventually(async () => expect((await bed.row(id))?.attempts).toBe(1));
    await runner.stop();
    expect(await bed.row(id)).toMatchObject({ status: 'PENDING', attempts: 0, lease_holder: null });
  });
});
