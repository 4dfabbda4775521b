import { CommitWatch, factId } from '@plaza/kafka';
import type { EntityManager } from 'typeorm';

export const DEFAULT_MAX_ATTEMPTS = 10;

export interface JobOptions {
  /** Not before this time; now unless told. */
  runAt?: Date;
  /** As long as a job of the kind with this key is not finished, no second one is added: the one there is stays. */
  uniqueKey?: string;
  /** Tries until the job counts as dead; 10 unless told, which takes about 10 minutes. */
  maxAttempts?: number;
}

/**
 * Where long or outside work is put: a row in the transaction of the change that wants it, worked on after the commit. In a
 * service whose database is MongoDB: `MongoJobs`.
 */
export class Jobs {
  private readonly commits: CommitWatch;

  /** `onCommit` is told that a job was committed by this process. */
  constructor(onCommit: () => void = () => undefined) {
    this.commits = new CommitWatch(onCommit);
    this.onCommit = onCommit;
  }

  private readonly onCommit: () => void;

  /**
   * Adds a job, in the transaction of `manager` where one is open. Returns its id (of the one that is there already, for a
   * `uniqueKey` in use, which then runs at the earlier of both times).
   */
  async add(manager: EntityManager, kind: string, payload: object, options: JobOptions = {}): Promise<string> {
    const { runAt = null, uniqueKey = null, maxAttempts = DEFAULT_MAX_ATTEMPTS } = options;
    this.watch(manager);
    const [row] = await manager.query<Array<{ id: string }>>(
      `INSERT INTO jobs (id, kind, payload, run_at, unique_key, max_attempts)
       VALUES ($1, $2, $3, coalesce($4, now()), $5, $6)
       ON CONFLICT (kind, unique_key) WHERE status = 'PENDING' AND unique_key IS NOT NULL
       DO UPDATE SET run_at = least(jobs.run_at, excluded.run_at), updated_at = now()
       RETURNING id`,
      [factId(), kind, JSON.stringify(payload), runAt, uniqueKey, maxAttempts],
    );
    if (!row) throw new Error(`the job ${kind} was not added`);
    if (!manager.queryRunner?.isTransactionActive) this.onCommit();
    return row.id;
  }

  private watch({ queryRunner, dataSource }: EntityManager): void {
    if (queryRunner?.isTransactionActive) this.commits.expect(dataSource, queryRunner);
  }
}
