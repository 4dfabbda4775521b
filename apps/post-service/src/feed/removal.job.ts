import { Inject, Injectable } from '@nestjs/common';
import { BACKGROUND, type JobHandler, JobKind, type RunningJob } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { lockAuthors } from './author-locks.js';
import { type PostOfAuthor, REMOVAL_JOB } from './fan-out.js';
import { FeedLimits } from './feed-limits.js';
import { inBatches } from './reader-batches.js';

/** Takes a deleted post out of the timelines of many readers. */
@Injectable()
@JobKind({ kind: REMOVAL_JOB })
export class RemovalJob implements JobHandler<PostOfAuthor> {
  constructor(
    @Inject(BACKGROUND) private readonly database: DataSource,
    private readonly limits: FeedLimits,
  ) {}

  async run({ postId, authorId }: PostOfAuthor, { signal }: RunningJob): Promise<void> {
    await inBatches(this.database, signal, async (manager, after) => {
      await lockAuthors(manager, { alone: [authorId] });
      return manager.query(REMOVE_BATCH, [postId, after, this.limits.batchReaders]);
    });
  }
}

const REMOVE_BATCH = `
  WITH p AS (
    SELECT p.author_id, p.position FROM posts p JOIN authors a ON a.author_id = p.author_id
     WHERE p.id = $1 AND p.deleted_at IS NOT NULL AND a.fans_out
  ), r AS (
    SELECT r.reader_id FROM p JOIN relations r ON r.author_id = p.author_id AND r.feeds
     WHERE r.reader_id > $2 ORDER BY r.reader_id LIMIT $3
  ), removed AS (
    DELETE FROM timeline_entries e USING p CROSS JOIN r WHERE e.user_id = r.reader_id AND e.position = p.position
  )
  SELECT reader_id AS last FROM r ORDER BY reader_id DESC LIMIT 1`;
