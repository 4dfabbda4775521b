import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

const day = 86_400;
const text = 'string';
const maybeText = ['string', 'null'];
const time = ['date', 'null'];

export const createJobs: MongoMigration = {
  name: '20261125T1013-create-jobs',

  async up(db) {
    await ensureCollection(db, 'jobs', {
      validator: fields({
        _id: text,
        kind: text,
        payload: text,
        unique_key: maybeText,
        status: { enum: ['PENDING', 'DONE', 'DEAD'] },
        run_at: 'date',
        attempts: 'number',
        max_attempts: 'number',
        lease_holder: maybeText,
        lease_until: time,
        result: maybeText,
        last_error: maybeText,
        finished_at: time,
        created_at: 'date',
        updated_at: 'date',
      }),
    });
    // Finished jobs are kept for a week, dead ones for a month, for whoever looks into it.
    await db.collection('jobs').createIndexes([
      { name: 'jobs_due', key: { run_at: 1 }, partialFilterExpression: { status: 'PENDING' } },
      {
        name: 'jobs_done',
        key: { finished_at: 1 },
        partialFilterExpression: { status: 'DONE' },
        expireAfterSeconds: 7 * day,
      },
      {
        name: 'jobs_dead',
        key: { finished_at: 1 },
        partialFilterExpression: { status: 'DEAD' },
        expireAfterSeconds: 30 * day,
      },
      {
        name: 'uq_jobs_kind_unique_key',
        key: { kind: 1, unique_key: 1 },
        unique: true,
        partialFilterExpression: { status: 'PENDING', unique_key: { $type: 'string' } },
      },
    ]);
    await ensureCollection(db, 'scheduled_jobs', {
      validator: fields({
        _id: text,
        last_run_at: time,
        started_at: time,
        lease_holder: maybeText,
        lease_until: time,
        last_error: maybeText,
        created_at: 'date',
        updated_at: 'date',
      }),
    });
  },

  async down(db) {
    await db.dropCollection('scheduled_jobs');
    await db.dropCollection('jobs');
  },
};
