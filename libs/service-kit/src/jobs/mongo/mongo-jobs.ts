import { databaseOf, factId } from '@plaza/kafka';
import type { ClientSession, Db, Document, Filter } from 'mongodb';
import { isDuplicateKey } from '../../mongo/mongo-errors.js';
import { DEFAULT_MAX_ATTEMPTS, type JobOptions } from '../jobs.js';
import { type JobDocument, jobCollections } from './documents.js';

/** `Jobs` for a service whose database is MongoDB. */
export class MongoJobs {
  private readonly watched = new WeakSet<ClientSession>();

  /** `db` is used for jobs without a transaction, and names the database; `onCommit` is told that a job may be there. */
  constructor(
    private readonly db: Db,
    private readonly onCommit: () => void = () => undefined,
  ) {}

  /**
   * Adds a job in the open transaction of `session`, or by itself. Returns its id (of the one that is there already, for a
   * `uniqueKey` in use, which then runs at the earlier of both times).
   */
  async add(
    session: ClientSession | undefined,
    kind: string,
    payload: object,
    options: JobOptions = {},
  ): Promise<string> {
    if (session) {
      this.watch(session);
      return put(databaseOf(session, this.db.databaseName), kind, payload, options, session);
    }
    const id = await put(this.db, kind, payload, options).catch((error: unknown) => {
      // Another has just added the same.
      if (isDuplicateKey(error)) return put(this.db, kind, payload, options);
      throw error;
    });
    this.onCommit();
    return id;
  }

  // The transaction may be rolled back: then the runner looks in vain.
  private watch(session: ClientSession): void {
    if (this.watched.has(session)) return;
    this.watched.add(session);
    session.once('ended', () => this.onCommit());
  }
}

async function put(
  db: Db,
  kind: string,
  payload: object,
  options: JobOptions,
  session?: ClientSession,
): Promise<string> {
  const id = factId();
  const update = [{ $replaceWith: added(id, kind, payload, options) }];
  const how = { session, upsert: true, returnDocument: 'after' } as const;
  const job = await jobCollections.jobs(db).findOneAndUpdate(sameAs(id, kind, options), update, how);
  if (!job) throw new Error(`the job ${kind} was not added`);
  return job._id;
}

/** The job that is not to be added a second time, or a new one. */
function sameAs(id: string, kind: string, { uniqueKey }: JobOptions): Filter<JobDocument> {
  return uniqueKey === undefined ? { _id: id } : { kind, unique_key: uniqueKey, status: 'PENDING' };
}

/** A new document where there is none, else the one there is, at the earlier time. */
function added(id: string, kind: string, payload: object, options: JobOptions): Document {
  const { runAt, uniqueKey = null, maxAttempts = DEFAULT_MAX_ATTEMPTS } = options;
  const given = {
    _id: id,
    kind,
    payload: JSON.stringify(payload),
    unique_key: uniqueKey,
    status: 'PENDING',
    attempts: 0,
    max_attempts: maxAttempts,
    ...{ lease_holder: null, lease_until: null, result: null, last_error: null, finished_at: null },
  };
  const wanted = runAt ?? '$$NOW';
  const times = {
    run_at: { $min: ['$run_at', wanted] },
    created_at: { $ifNull: ['$created_at', '$$NOW'] },
    updated_at: '$$NOW',
  };
  return { $mergeObjects: [{ $literal: given }, '$$ROOT', times] };
}
