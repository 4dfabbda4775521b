import { inTransaction } from '@plaza/kafka';
import { createMongoDatabase } from '@plaza/testing';
import type { ClientSession } from 'mongodb';
import { kitMongoMigrations } from '../src/features.js';
import { jobCollections } from '../src/jobs/mongo/documents.js';
import { JobCollection } from '../src/jobs/mongo/job-collection.js';
import { MongoJobs } from '../src/jobs/mongo/mongo-jobs.js';
import { ScheduleCollection } from '../src/jobs/mongo/schedule-collection.js';
import type { Adding, JobsBed } from './jobs-bed.js';

const HOUR = 3_600_000;

export async function jobsInMongo(): Promise<JobsBed> {
  const { db, drop } = await createMongoDatabase();
  for (const migration of kitMongoMigrations) await migration.up(db);
  const jobs = jobCollections.jobs(db);
  const schedules = jobCollections.schedules(db);
  const traces = db.collection<{ job: string }>('effects');
  await db.createCollection('effects');
  const add = (session: ClientSession | undefined, adding: Adding): Promise<string> => {
    const { kind = 'test', payload = {}, onCommit, ...options } = adding;
    return new MongoJobs(db, onCommit).add(session, kind, payload, options);
  };
  return {
    store: async (leaseMs) => new JobCollection(db, leaseMs),
    schedules: async () => new ScheduleCollection(db),
    add: (adding = {}) => add(undefined, adding),
    addTogether: (all, { thenThrow } = {}) =>
      inTransaction(db, async (session) => {
        const ids: string[] = [];
        for (const adding of all) ids.push(await add(session, adding));
        if (thenThrow) throw new Error(thenThrow);
        return ids;
      }),
    async row(id) {
      const projection = { wait_ms: { $subtract: ['$run_at', '$updated_at'] }, ...shown };
      const row = await jobs.findOne({ _id: id }, { projection });
      if (!row) return undefined;
      const { wait_ms } = row as unknown as { wait_ms: number };
      return { ...row, wait_ms, result: row.result === null ? null : JSON.parse(row.result) };
    },
    count: (status) => jobs.countDocuments(status ? { status: status as 'DONE' } : {}),
    effect: async (job) => void (await traces.insertOne({ job })),
    effectAndFinish: (job, result) =>
      inTransaction(db, async (session) => {
        await traces.insertOne({ job: job.id }, { session });
        await job.finish(session, result);
      }),
    effects: async () => (await traces.find().toArray()).map(({ job }) => job),
    takeOver: async () => {
      const lease = { lease_holder: 'another', attempts: 2, lease_until: { $add: ['$$NOW', HOUR] } };
      await jobs.updateMany({}, [{ $set: lease }]);
    },
    async schedule(name) {
      const row = await schedules.findOne({ _id: name });
      if (!row) throw new Error(`nobody has looked at ${name} yet`);
      return row;
    },
    age: async (name, byMs) => {
      const back = (field: string) => ({ $cond: [{ $eq: [field, null] }, null, { $subtract: [field, byMs] }] });
      const aged = { last_run_at: back('$last_run_at'), lease_until: back('$lease_until') };
      await schedules.updateOne({ _id: name }, [{ $set: aged }]);
    },
    leaveLeased: async (name, forMs) => {
      const left = { last_run_at: null, started_at: null, lease_holder: 'dead', last_error: null };
      const times = { lease_until: { $add: ['$$NOW', forMs] }, created_at: '$$NOW', updated_at: '$$NOW' };
      await schedules.updateOne({ _id: name }, [{ $set: { ...left, ...times } }], { upsert: true });
    },
    clear: async () => {
      for (const collection of [jobs, schedules, traces]) await collection.deleteMany({});
    },
    drop,
  };
}

const shown = { status: 1, attempts: 1, last_error: 1, result: 1, lease_holder: 1 } as const;
