/** A block in either direction between the viewer and somebody, as the body of an EXISTS: two probes, where an OR is a bitmap. */
export function blockBetween(viewer: string, other: string): string {
  return `SELECT FROM blocks b WHERE b.blocker_id = ${viewer} AND b.blocked_id = ${other} AND NOT b.deleted
          UNION ALL
          SELECT FROM blocks b WHERE b.blocker_id = ${other} AND b.blocked_id = ${viewer} AND NOT b.deleted`;
}

/** Whether there is any block of the viewer's or against the viewer. It depends on no row, so it is looked up once a query. */
function anyBlock(viewer: string): string {
  return `(SELECT EXISTS (SELECT FROM blocks b WHERE b.blocker_id = ${viewer} AND NOT b.deleted
                          UNION ALL SELECT FROM blocks b WHERE b.blocked_id = ${viewer} AND NOT b.deleted))`;
}

const MUTES_NOW = 'm.posts AND NOT m.deleted AND (m.until IS NULL OR m.until > now())';

/** Whether the viewer has muted somebody's posts, as the body of an EXISTS. Mutes are for lists alone, not for a post by id. */
export function postsMuted(viewer: string, other: string): string {
  return `SELECT FROM mutes m WHERE m.muter_id = ${viewer} AND m.muted_id = ${other} AND ${MUTES_NOW}`;
}

/** Whether the viewer has muted anybody's posts; once a query. */
function anyMuted(viewer: string): string {
  return `(SELECT EXISTS (SELECT FROM mutes m WHERE m.muter_id = ${viewer} AND ${MUTES_NOW}))`;
}

/** Whether privacy lets others than the author see the post: the stricter of the post's and its account's. */
function open(viewer: string, p: string, u: string): string {
  return `NOT ${u}.deleted AND ${u}.account_status = 'ACTIVE' AND CASE
        WHEN ${p}.privacy = 'PUBLIC' AND ${u}.privacy_level = 'PUBLIC' THEN true
        WHEN ${p}.privacy = 'PRIVATE' THEN false
        ELSE EXISTS (
          SELECT FROM relations r
           WHERE r.reader_id = ${viewer} AND r.author_id = ${p}.author_id
             AND (${p}.privacy = 'PUBLIC' OR r.friends)
             AND CASE ${u}.privacy_level WHEN 'PUBLIC' THEN true
                                         WHEN 'FRIENDS' THEN r.friends
                                         ELSE r.follow_status = 'ACTIVE' END)
      END`;
}

/**
 * Whether an account shows its posts to the viewer, each one's own privacy apart, as SQL. An account that is gone or across a
 * block is another question.
 * @param author SQL of the account's id. @param u alias of its row of `user_cache`
 */
export function accountVisible(viewer: string, author: string, u = 'u'): string {
  return `(${u}.privacy_level = 'PUBLIC' OR EXISTS (
    SELECT FROM relations r WHERE r.reader_id = ${viewer} AND r.author_id = ${author}
       AND CASE ${u}.privacy_level WHEN 'FRIENDS' THEN r.friends ELSE r.follow_status = 'ACTIVE' END))`;
}

/**
 * Who may see a post, as SQL: the stricter of the post's and its account's privacy, and nobody across a block. The one place
 * that says it; every read of posts has it in its WHERE.
 * @param viewer placeholder of the viewer's id
 * @param p alias of `posts`
 * @param u alias of the author's row of `user_cache`, joined LEFT: an author who is not known yet is seen by nobody else
 */
export function visible(viewer: string, p = 'p', u = 'u'): string {
  // The block is asked of the author's row: of the post's, the planner would ask it twice.
  return `(${p}.deleted_at IS NULL AND (${p}.author_id = ${viewer} OR (
      ${open(viewer, p, u)} AND NOT EXISTS (${blockBetween(viewer, `${u}.id`)}))))`;
}

/** Whether what a post shares is visible, unless the post has words of its own. */
function shares(viewer: string): string {
  return `CASE WHEN p.content IS NOT NULL THEN true ELSE EXISTS (
      SELECT FROM posts original LEFT JOIN user_cache owner ON owner.id = original.author_id
       WHERE original.id = p.shared_post_id AND ${visible(viewer, 'original', 'owner')}) END`;
}

/** Whether a post is listed for the viewer: it is visible, and so is what it shares, unless it has words of its own. */
export function listed(viewer: string): string {
  return `${visible(viewer)} AND ${shares(viewer)}`;
}

/**
 * The same for a post of somebody else in the viewer's home feed, where nobody is listed whose posts the viewer has muted.
 * Whoever has no blocks or mutes at all, as most have, is not asked for them at each post.
 */
export function fed(viewer: string): string {
  return `p.deleted_at IS NULL AND ${open(viewer, 'p', 'u')}
    AND NOT (${anyBlock(viewer)} AND EXISTS (${blockBetween(viewer, 'u.id')}))
    AND NOT (${anyMuted(viewer)} AND EXISTS (${postsMuted(viewer, 'u.id')}))
    AND ${shares(viewer)}`;
}
