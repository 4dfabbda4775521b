import { rows } from './checker.js';
import type { Platform } from './platform.js';

/** Posts, comments and authors whose counts differ from a recount, each as one line. */
export async function wrongPostCounts(platform: Platform): Promise<string[]> {
  const wrong = await rows<{ line: string }>(
    platform,
    'post_service',
    `SELECT format('post %s: %s', id, counts) AS line
       FROM (SELECT p.id, ARRAY[p.like_count, p.comment_count, p.share_count] AS counts, ARRAY[
               (SELECT count(*)::int FROM post_likes l WHERE l.post_id = p.id),
               (SELECT count(*)::int FROM comments c WHERE c.post_id = p.id AND c.deleted_at IS NULL),
               (SELECT count(*)::int FROM posts s WHERE s.shared_post_id = p.id AND s.deleted_at IS NULL)] AS recount
               FROM posts p) AS both_ways
      WHERE counts <> recount
     UNION ALL
     SELECT format('comment %s: %s', id, counts)
       FROM (SELECT c.id, ARRAY[c.like_count, c.reply_count] AS counts, ARRAY[
               (SELECT count(*)::int FROM comment_likes l WHERE l.comment_id = c.id),
               (SELECT count(*)::int FROM comments r WHERE r.parent_comment_id = c.id AND r.deleted_at IS NULL)] AS recount
               FROM comments c) AS both_ways
      WHERE counts <> recount`,
  );
  return [...wrong.map(({ line }) => line), ...(await wrongPostsCounts(platform))];
}

/** Hashtags that lead to a post without them, or not to one that has them. */
export async function wrongHashtags(platform: Platform): Promise<string[]> {
  const wrong = await rows<{ line: string }>(
    platform,
    'post_service',
    `SELECT coalesce(h.tag, p.tag) || ' of ' || coalesce(h.position, p.position) AS line
       FROM post_hashtags h
       FULL JOIN (SELECT DISTINCT position, unnest(hashtags) AS tag FROM posts WHERE deleted_at IS NULL) p
         ON p.position = h.position AND p.tag = h.tag
      WHERE h.tag IS NULL OR p.tag IS NULL`,
  );
  return wrong.map(({ line }) => line);
}

/** social-service counts what post-service holds. */
async function wrongPostsCounts(platform: Platform): Promise<string[]> {
  const [counted, held] = await Promise.all([
    linesOf(platform, 'social_service', 'SELECT user_id AS id, posts_count AS count FROM user_social_stats'),
    linesOf(
      platform,
      'post_service',
      'SELECT author_id AS id, count(*)::int FROM posts WHERE deleted_at IS NULL GROUP BY author_id',
    ),
  ]);
  return [...counted.filter((line) => !held.includes(line)), ...held.filter((line) => !counted.includes(line))];
}

async function linesOf(platform: Platform, service: 'social_service' | 'post_service', sql: string): Promise<string[]> {
  const counts = await rows<{ id: string; count: number }>(platform, service, sql);
  return counts.filter(({ count }) => count !== 0).map(({ id, count }) => `${id} has ${count} posts`);
}
