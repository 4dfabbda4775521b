import { Inject, Injectable } from '@nestjs/common';
import { BACKGROUND, type JobHandler, JobKind, type RunningJob } from '@plaza/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { lockAuthors } from './author-locks.js';
import { THRESHOLD_JOB } from './author-modes.js';
import { Backfill } from './backfill.js';
import { FeedLimits } from './feed-limits.js';
import type { Reading } from './reading.js';

/**
 * Takes an author's readers over from one way to the other, some at a time: all become merged, and then the author no longer
 * writes to timelines; or each is given the author's posts, and is merged no longer.
 */
@Injectable()
@JobKind({ kind: THRESHOLD_JOB })
export class ThresholdJob implements JobHandler<{ authorId: string }> {
  constructor(
    @Inject(BACKGROUND) private readonly database: DataSource,
    private readonly backfill: Backfill,
    private readonly limits: FeedLimits,
  ) {}

  async run({ authorId }: { authorId: string }, job: RunningJob): Promise<void> {
    for (let goesOn = true; goesOn; ) {
      job.signal.throwIfAborted();
      goesOn = await this.database.transaction((manager) => this.step(manager, authorId, job));
    }
  }

  /** False: there was nothing left to do. The job ends under the lock, so that whoever turns the author next adds a new one. */
  private async step(manager: EntityManager, authorId: string, job: RunningJob): Promise<boolean> {
    await lockAuthors(manager, { alone: [authorId] });
    const [{ merges } = { merges: false }] = await manager.query<Array<{ merges: boolean }>>(
      'SELECT merges FROM authors WHERE author_id = $1',
      [authorId],
    );
    if (await (merges ? this.merge(manager, authorId) : this.unmerge(manager, authorId))) return true;
    if (merges) await manager.query('UPDATE authors SET fans_out = false WHERE author_id = $1', [authorId]);
    await job.finish(manager);
    return false;
  }

  private async merge(manager: EntityManager, authorId: string): Promise<boolean> {
    return (await turn(manager, authorId, { merged: true, limit: this.limits.batchReaders })).length > 0;
  }

  private async unmerge(manager: EntityManager, authorId: string): Promise<boolean> {
    const readers = await turn(manager, authorId, { merged: false, limit: this.limits.backfillReaders });
    if (readers.length > 0) await this.backfill.write(manager, readers);
    return readers.length > 0;
  }
}

const TURN = `
  WITH batch AS (
    SELECT reader_id FROM relations WHERE author_id = $1 AND feeds AND merged <> $2 ORDER BY reader_id LIMIT $3
  ), turned AS (
    UPDATE relations r SET merged = $2 FROM batch WHERE r.author_id = $1 AND r.reader_id = batch.reader_id
    RETURNING r.reader_id
  )
  SELECT reader_id AS "readerId", $1::uuid AS "authorId" FROM turned`;

async function turn(
  manager: EntityManager,
  authorId: string,
  { merged, limit }: { merged: boolean; limit: number },
): Promise<Reading[]> {
  return manager.query<Reading[]>(TURN, [authorId, merged, limit]);
}
