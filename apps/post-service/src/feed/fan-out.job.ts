import { Inject, Injectable } from '@nestjs/common';
import { BACKGROUND, type JobHandler, JobKind, type RunningJob } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { lockAuthors } from './author-locks.js';
import { BELOW_FLOOR, FAN_OUT_JOB, type PostOfAuthor } from './fan-out.js';
import { FeedLimits } from './feed-limits.js';
import { inBatches } from './reader-batches.js';

/** Writes a post to the timelines of many readers, some at a time, so that others' posts are not kept waiting. */
@Injectable()
@JobKind({ kind: FAN_OUT_JOB })
export class FanOutJob implements JobHandler<PostOfAuthor> {
  constructor(
    @Inject(BACKGROUND) private readonly database: DataSource,
    private readonly limits: FeedLimits,
  ) {}

  async run({ postId, authorId }: PostOfAuthor, { signal }: RunningJob): Promise<void> {
    await inBatches(this.database, signal, async (manager, after) => {
      await lockAuthors(manager, { together: [authorId] });
      return manager.query(WRITE_BATCH, [postId, after, this.limits.batchReaders]);
    });
  }
}

const WRITE_BATCH = `
  WITH p AS (
    SELECT p.author_id, p.position FROM posts p JOIN authors a ON a.author_id = p.author_id
     WHERE p.id = $1 AND p.deleted_at IS NULL AND p.privacy <> 'PRIVATE' AND a.fans_out
  ), r AS (
    SELECT r.reader_id FROM p JOIN relations r ON r.author_id = p.author_id AND r.feeds
     WHERE r.reader_id > $2 ORDER BY r.reader_id LIMIT $3
  ), written AS (
    INSERT INTO timeline_entries (user_id, position, author_id)
    SELECT r.reader_id, p.position, p.author_id FROM p CROSS JOIN r WHERE NOT EXISTS (${BELOW_FLOOR})
     ORDER BY r.reader_id
        ON CONFLICT DO NOTHING
  )
  SELECT reader_id AS last FROM r ORDER BY reader_id DESC LIMIT 1`;
