import { rows } from './checker.js';
import type { Platform } from './platform.js';
import type { Ties } from './ties.js';

/** People and follows as their own services have them, and the ties, as JSON: $1 of a query that begins with WORLD. */
export async function worldOf(platform: Platform, ties: Ties): Promise<string> {
  const people = await rows(
    platform,
    'user_service',
    `SELECT u.id, u.username, p.privacy_level AS privacy
       FROM users u JOIN user_profiles p ON p.user_id = u.id WHERE u.status = 'ACTIVE'`,
  );
  const follows = await rows(
    platform,
    'social_service',
    'SELECT follower_id AS one, following_id AS other, status FROM follows',
  );
  return JSON.stringify({ people, follows, ...ties });
}

/**
 * Tables of who there is, how they stand to each other, and who may see which post, for queries on post_service: written down
 * from the table of rules alone, once for all readers and posts.
 */
export const WORLD = `
  WITH people AS (SELECT * FROM jsonb_to_recordset($1::jsonb -> 'people') AS t (id uuid, username text, privacy text)),
  asked AS (SELECT * FROM jsonb_to_recordset($1::jsonb -> 'follows') AS t (one uuid, other uuid, status text)),
  following AS (SELECT one, other FROM asked WHERE status = 'ACTIVE'),
  friends AS (${bothWays('friends')}),
  apart AS (${bothWays('blocks')}),
  muted AS (${pairs('mutes')}),
  seen AS (
    SELECT viewer.id AS viewer, p.id AS post
      FROM posts p JOIN people author ON author.id = p.author_id CROSS JOIN people viewer
     WHERE p.deleted_at IS NULL AND (viewer.id = author.id OR (
           p.privacy <> 'PRIVATE'
       AND (viewer.id, author.id) NOT IN (SELECT * FROM apart)
       AND ('FRIENDS' NOT IN (p.privacy, author.privacy) OR (viewer.id, author.id) IN (SELECT * FROM friends))
       AND (author.privacy <> 'PRIVATE' OR (viewer.id, author.id) IN (SELECT * FROM following)))))`;

function pairs(ties: keyof Ties): string {
  return `SELECT (pair ->> 0)::uuid AS one, (pair ->> 1)::uuid AS other
            FROM jsonb_array_elements($1::jsonb -> '${ties}') AS pair`;
}

function bothWays(ties: keyof Ties): string {
  return `WITH pairs AS (${pairs(ties)}) SELECT one, other FROM pairs UNION SELECT other, one FROM pairs`;
}
