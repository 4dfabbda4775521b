import { rows } from './checker.js';
import { WORLD, worldOf } from './checker-world.js';
import type { Platform } from './platform.js';
import type { Ties } from './ties.js';

/** That somebody is to be told of what somebody else did. */
export interface Cause {
  recipient: string;
  actor: string;
  type: string;
  /** What it is about. */
  reference: string;
  /** Tells apart what one actor did about one reference. */
  item: string;
  /** Later ones of one reference have a higher one. */
  place: string;
}

/** What makes a cause the same one when it is undone and done again. */
export function keyOf({ recipient, actor, type, reference, item }: Cause): string {
  return [recipient, actor, type, reference, item].join();
}

/**
 * Everything of which somebody is to be told, by the sources: what people do, their ties, and what may be seen.
 * A follow of a private account was asked for: that it was accepted tells nobody.
 */
export async function causesOf(platform: Platform, ties: Ties): Promise<Cause[]> {
  return rows<Cause>(platform, 'post_service', CAUSES, [await worldOf(platform, ties)]);
}

const CAUSES = `${WORLD},
  standing AS (
    SELECT c.*, p.author_id AS post_author_id, parent.author_id AS parent_author_id
      FROM comments c JOIN posts p ON p.id = c.post_id LEFT JOIN comments parent ON parent.id = c.parent_comment_id
     WHERE c.deleted_at IS NULL AND p.deleted_at IS NULL),
  texts AS (
    SELECT id, id AS post_id, author_id, content, ARRAY[]::uuid[] AS told FROM posts WHERE deleted_at IS NULL
     UNION ALL
    SELECT id, post_id, author_id, content, ARRAY[post_author_id, parent_author_id] FROM standing),
  told AS (
    SELECT a.other AS recipient, a.one AS actor, CASE a.status WHEN 'PENDING' THEN 'FOLLOW_REQUEST' ELSE 'FOLLOW' END AS type,
           a.one AS reference, a.one AS item, 0 AS place
      FROM asked a JOIN people p ON p.id = a.other
     WHERE a.status = 'PENDING' OR p.privacy <> 'PRIVATE'
     UNION ALL
    SELECT p.author_id, l.user_id, 'LIKE', p.id, p.id, l.position
      FROM post_likes l JOIN posts p ON p.id = l.post_id WHERE p.deleted_at IS NULL
     UNION ALL
    SELECT c.author_id, l.user_id, 'LIKE', c.id, c.id, l.position
      FROM comment_likes l JOIN standing c ON c.id = l.comment_id
     UNION ALL
    SELECT post_author_id, author_id, 'COMMENT', id, id, 0 FROM standing
     WHERE parent_author_id IS DISTINCT FROM post_author_id
     UNION ALL
    SELECT parent_author_id, author_id, 'REPLY', id, id, 0 FROM standing WHERE parent_author_id IS NOT NULL
     UNION ALL
    SELECT named.id, t.author_id, 'MENTION', t.id, t.id, 0
      FROM texts t CROSS JOIN LATERAL regexp_matches(t.content, '@([a-z0-9]+)', 'g') AS name
      JOIN people named ON named.username = name[1]
      JOIN seen s ON s.viewer = named.id AND s.post = t.post_id
     WHERE NOT coalesce(named.id = ANY (t.told), false)
     UNION ALL
    SELECT o.author_id, s.author_id, 'SHARE', o.id, CASE WHEN s.content IS NULL THEN o.id ELSE s.id END, s.position
      FROM posts s JOIN posts o ON o.id = s.shared_post_id WHERE s.deleted_at IS NULL AND o.deleted_at IS NULL)
  SELECT * FROM told
   WHERE recipient <> actor
     AND (recipient, actor) NOT IN (SELECT * FROM apart) AND (recipient, actor) NOT IN (SELECT * FROM muted)`;
