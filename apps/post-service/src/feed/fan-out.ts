import { Injectable } from '@nestjs/common';
import type { PostDeleted, PostState } from '@plaza/contracts';
import type { ReceivedFact } from '@plaza/kafka';
import { Jobs } from '@plaza/service-kit';
import type { EntityManager } from 'typeorm';
import { lockAuthors } from './author-locks.js';
import { FeedLimits } from './feed-limits.js';

export const FAN_OUT_JOB = 'feed.fan-out';
export const REMOVAL_JOB = 'feed.removal';

/** What the jobs for authors with many readers are told. */
export interface PostOfAuthor {
  postId: string;
  authorId: string;
}

type PostFact = ReceivedFact<PostState | PostDeleted>;

/**
 * Writes posts to the timelines of their authors' readers, and takes deleted ones out. A fact says only which post to look
 * at: the row is in this database, and newer.
 */
@Injectable()
export class FanOut {
  constructor(
    private readonly jobs: Jobs,
    private readonly limits: FeedLimits,
  ) {}

  async apply(manager: EntityManager, facts: PostFact[]): Promise<void> {
    const deleted = facts.filter(({ type }) => type === 'post.deleted');
    const made = facts.filter(({ type }) => type !== 'post.deleted');
    await lockAuthors(manager, { alone: authorsOf(deleted), together: authorsOf(made) });
    await this.do(manager, { statement: WRITE, job: FAN_OUT_JOB }, made);
    await this.do(manager, { statement: REMOVE, job: REMOVAL_JOB }, deleted);
  }

  private async do(
    manager: EntityManager,
    { statement, job }: { statement: string; job: string },
    facts: PostFact[],
  ): Promise<void> {
    if (facts.length === 0) return;
    const ids = facts.map(({ fact }) => fact.id);
    const large = await manager.query<PostOfAuthor[]>(statement, [ids, this.limits.inlineReaders]);
    for (const post of large) await this.jobs.add(manager, job, post, { maxAttempts: 100 });
  }
}

function authorsOf(facts: PostFact[]): string[] {
  return facts.map(({ fact }) => fact.authorId);
}

/** That a post is at or below the floor of a reader's timeline, as the body of an EXISTS. */
export const BELOW_FLOOR = 'SELECT FROM timelines t WHERE t.user_id = r.reader_id AND t.floor_position >= p.position';

// Whether a reader may see it is looked up at each read; only what nobody else may see is not written at all.
const WRITE = `
  WITH p AS (
    SELECT p.id, p.author_id, p.position, a.readers_count > $2 AS large
      FROM posts p JOIN authors a ON a.author_id = p.author_id
     WHERE p.id = ANY ($1) AND p.deleted_at IS NULL AND p.privacy <> 'PRIVATE' AND a.fans_out
  ), written AS (
    INSERT INTO timeline_entries (user_id, position, author_id)
    SELECT r.reader_id, p.position, p.author_id FROM p JOIN relations r ON r.author_id = p.author_id AND r.feeds
     WHERE NOT p.large AND NOT EXISTS (${BELOW_FLOOR})
     ORDER BY r.reader_id, p.position
        ON CONFLICT DO NOTHING
  )
  SELECT id AS "postId", author_id AS "authorId" FROM p WHERE large`;

// An author who no longer writes to timelines may have entries in some: they are shown to nobody, and trimmed in time.
// `written` is made first: joined directly, each timeline was searched by its reader alone, from end to end.
const REMOVE = `
  WITH p AS (
    SELECT p.id, p.author_id, p.position, a.readers_count > $2 AS large
      FROM posts p JOIN authors a ON a.author_id = p.author_id
     WHERE p.id = ANY ($1) AND p.deleted_at IS NOT NULL AND a.fans_out
  ), written AS MATERIALIZED (
    SELECT r.reader_id, p.position FROM p JOIN relations r ON r.author_id = p.author_id AND r.feeds WHERE NOT p.large
  ), removed AS (
    DELETE FROM timeline_entries e USING written w WHERE e.user_id = w.reader_id AND e.position = w.position
  )
  SELECT id AS "postId", author_id AS "authorId" FROM p WHERE large`;
