import type { Prepared } from '@plaza/service-kit';
import { POST_FROM, postColumns } from '../posts/post-row.js';
import { fed } from '../visibility/visible.js';

/** What is at or below it of a timeline may be missing there. */
const FLOOR = 'coalesce((SELECT floor_position FROM timelines WHERE user_id = $1), 0)';

/** More than a page: some may not be seen. */
const CANDIDATES = '5 * $3';

/**
 * The newest posts of a reader's timeline, and of the authors who are merged into it, before a position. It costs no more for
 * one who follows many: the timeline is there in its order, of the merged authors only those posts are looked at that are
 * newer than its last candidate, and posts are fetched until the page is full. $1 is the reader, $2 the position, $3 how many.
 */
export const FROM_TIMELINE: Prepared = {
  name: 'feed-from-timeline',
  text: `
    WITH own AS MATERIALIZED (
      SELECT position FROM timeline_entries
       WHERE user_id = $1 AND position < $2 AND position > ${FLOOR} ORDER BY position DESC LIMIT ${CANDIDATES}
    ), merged AS (
      SELECT theirs.position FROM relations r CROSS JOIN LATERAL (
        SELECT position FROM posts
         WHERE author_id = r.author_id AND deleted_at IS NULL AND position < $2
           AND position > (SELECT CASE WHEN count(*) = ${CANDIDATES} THEN min(position) ELSE ${FLOOR} END FROM own)
         ORDER BY position DESC LIMIT ${CANDIDATES}) AS theirs
       WHERE r.reader_id = $1 AND r.feeds AND r.merged
    ), candidates AS (
      SELECT DISTINCT ON (position) position FROM (SELECT * FROM own UNION ALL SELECT * FROM merged) AS both_ways
       ORDER BY position DESC LIMIT ${CANDIDATES}
    )
    SELECT ${postColumns('$1')}
      FROM candidates c JOIN (${POST_FROM}) ON p.position = c.position
     WHERE ${fed('$1')} ORDER BY c.position DESC LIMIT $3`,
};

/**
 * The same from the posts alone, for what the timeline does not hold: older than it keeps, or not written yet. The newest
 * posts of all are by the authors with the newest posts, so of each author one is looked at, and more of those few alone.
 */
export const FROM_POSTS: Prepared = {
  name: 'feed-from-posts',
  text: `
    WITH latest AS (
      SELECT r.author_id FROM relations r CROSS JOIN LATERAL (${newestOf('r.author_id', '1')}) AS post
       WHERE r.reader_id = $1 AND r.feeds ORDER BY post.position DESC LIMIT $3
    ), found AS (
      SELECT post.position FROM latest CROSS JOIN LATERAL (${newestOf('latest.author_id', '$3')}) AS post
       ORDER BY post.position DESC LIMIT $3
    )
    SELECT ${postColumns('$1')}
      FROM found f JOIN (${POST_FROM}) ON p.position = f.position ORDER BY f.position DESC`,
};

function newestOf(author: string, limit: string): string {
  return `SELECT p.position FROM ${POST_FROM}
           WHERE p.author_id = ${author} AND p.position < $2 AND ${fed('$1')} ORDER BY p.position DESC LIMIT ${limit}`;
}
