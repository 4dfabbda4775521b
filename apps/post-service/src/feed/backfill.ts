import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FeedLimits } from './feed-limits.js';
import type { Reading } from './reading.js';
import { trimTimelines } from './trim-timelines.js';

/** Gives readers the posts that an author has made before. */
@Injectable()
export class Backfill {
  constructor(private readonly limits: FeedLimits) {}

  /**
   * Writes the newest posts of authors to the timelines of readers, those aside for whom the author is merged when the feed
   * is read. The author's lock is held. Entries that are there already stay.
   */
  async write(manager: EntityManager, readings: Reading[]): Promise<void> {
    const readers = readings.map(({ readerId }) => readerId);
    const authors = readings.map(({ authorId }) => authorId);
    // One more than a timeline may have: then it is trimmed, to less than this, and all that was left out is below its floor.
    await manager.query(BACKFILL, [readers, authors, this.limits.keptAtMost + 1]);
    await trimTimelines(manager, readers, this.limits);
  }
}

const BACKFILL = `
  INSERT INTO timeline_entries (user_id, position, author_id)
  SELECT r.reader_id, post.position, r.author_id
    FROM unnest($1::uuid[], $2::uuid[]) AS began (reader_id, author_id)
    JOIN relations r ON r.reader_id = began.reader_id AND r.author_id = began.author_id
    LEFT JOIN timelines t ON t.user_id = r.reader_id
   CROSS JOIN LATERAL (
     SELECT position FROM posts
      WHERE author_id = r.author_id AND deleted_at IS NULL AND privacy <> 'PRIVATE'
        AND position > coalesce(t.floor_position, 0)
      ORDER BY position DESC LIMIT $3) AS post
   WHERE r.feeds AND NOT r.merged
   ORDER BY r.reader_id, post.position
      ON CONFLICT DO NOTHING`;
