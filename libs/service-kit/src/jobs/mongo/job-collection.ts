import { randomUUID } from 'node:crypto';
import { databaseOf } from '@plaza/kafka';
import type { Db, Document, Filter } from 'mongodb';
import type { JsonValue } from '../../paging/cursors.js';
import {
  type ClaimedJob,
  type Failure,
  isSession,
  type JobBacklog,
  JobStore,
  type JobTransaction,
} from '../job-store.js';
import { type JobDocument, jobCollections } from './documents.js';

const after = { returnDocument: 'after' } as const;
const free = { lease_holder: null, lease_until: null, updated_at: '$$NOW' };

/** The jobs in a MongoDB database. */
export class JobCollection extends JobStore {
  /** Names this runner in the documents that it has claimed. */
  readonly holder = randomUUID();

  constructor(
    private readonly db: Db,
    private readonly leaseMs: number,
  ) {
    super();
  }

  async claim(kinds: readonly string[]): Promise<ClaimedJob | undefined> {
    // Null comes before every date.
    const due = { $and: [{ $lte: ['$run_at', '$$NOW'] }, { $lt: ['$lease_until', '$$NOW'] }] };
    const lease = { lease_holder: this.holder, lease_until: { $add: ['$$NOW', this.leaseMs] }, updated_at: '$$NOW' };
    const job = await this.jobs.findOneAndUpdate(
      { status: 'PENDING', kind: { $in: [...kinds] }, $expr: due },
      [{ $set: { attempts: { $add: ['$attempts', 1] }, ...lease } }],
      { ...after, sort: { run_at: 1 } },
    );
    if (!job) return undefined;
    const { _id: id, kind, payload, attempts, max_attempts } = job;
    return { id, kind, payload: JSON.parse(payload), attempts, max_attempts };
  }

  async renew(ids: readonly string[]): Promise<Set<string>> {
    const held: Filter<JobDocument> = { _id: { $in: [...ids] }, lease_holder: this.holder, status: 'PENDING' };
    await this.jobs.updateMany(held, [{ $set: { lease_until: { $add: ['$$NOW', this.leaseMs] } } }]);
    const documents = await this.jobs.find(held, { projection: { _id: 1 } }).toArray();
    return new Set(documents.map(({ _id }) => _id));
  }

  async finish(job: ClaimedJob, result?: JsonValue, transaction?: JobTransaction): Promise<boolean> {
    const session = transaction && isSession(transaction) ? transaction : undefined;
    if (transaction && !session) throw new TypeError('a job in MongoDB is finished in a transaction of MongoDB');
    const db = session ? databaseOf(session, this.db.databaseName) : this.db;
    const kept = result === undefined ? null : { $literal: JSON.stringify(result) };
    const done = { status: 'DONE', finished_at: '$$NOW', result: kept, last_error: null, ...free };
    const { modifiedCount } = await jobCollections
      .jobs(db)
      .updateOne(this.heldOnce(job), [{ $set: done }], { session });
    return modifiedCount > 0;
  }

  async fail(job: ClaimedJob, error: string, backoffMs: number): Promise<Failure> {
    const usedUp = { $gte: ['$attempts', '$max_attempts'] };
    const failed: Document = {
      last_error: { $literal: error },
      status: { $cond: [usedUp, 'DEAD', 'PENDING'] },
      finished_at: { $cond: [usedUp, '$$NOW', null] },
      run_at: { $add: ['$$NOW', backoffMs] },
      ...free,
    };
    const noted = await this.jobs.findOneAndUpdate(this.heldOnce(job), [{ $set: failed }], after);
    if (!noted) return 'lost';
    return noted.status === 'DEAD' ? 'dead' : 'retry';
  }

  async release(job: ClaimedJob): Promise<void> {
    await this.jobs.updateOne(this.heldOnce(job), [{ $set: { attempts: { $subtract: ['$attempts', 1] }, ...free } }]);
  }

  async backlog(): Promise<JobBacklog[]> {
    const counts = [await this.countBy('PENDING'), await this.countBy('DEAD')];
    return counts.flat();
  }

  private countBy(status: JobBacklog['status']): Promise<JobBacklog[]> {
    return this.jobs
      .aggregate<JobBacklog>([
        { $match: { status } },
        { $group: { _id: '$kind', count: { $sum: 1 } } },
        { $project: { _id: 0, kind: '$_id', status: { $literal: status }, count: 1 } },
      ])
      .toArray();
  }

  /** This try of the job, as long as it is this runner's. */
  private heldOnce({ id, attempts }: ClaimedJob): Filter<JobDocument> {
    return { _id: id, lease_holder: this.holder, attempts, status: 'PENDING' };
  }

  private get jobs() {
    return jobCollections.jobs(this.db);
  }
}
