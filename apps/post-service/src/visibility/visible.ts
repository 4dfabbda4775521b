/** A block in either direction between the viewer and somebody, as the body of an EXISTS. */
export function blockBetween(viewer: string, other: string): string {
  return `SELECT FROM blocks b
           WHERE NOT b.deleted AND ((b.blocker_id = ${viewer} AND b.blocked_id = ${other})
                                 OR (b.blocker_id = ${other} AND b.blocked_id = ${viewer}))`;
}

/** Whether the viewer has muted somebody's posts, as the body of an EXISTS. Mutes are for lists alone, not for a post by id. */
export function postsMuted(viewer: string, other: string): string {
  return `SELECT FROM mutes m WHERE m.muter_id = ${viewer} AND m.muted_id = ${other}
             AND m.posts AND NOT m.deleted AND (m.until IS NULL OR m.until > now())`;
}

/**
 * Who may see a post, as SQL: the stricter of the post's and its account's privacy, and nobody across a block. The one place
 * that says it; every read of posts has it in its WHERE.
 * @param viewer placeholder of the viewer's id
 * @param p alias of `posts`
 * @param u alias of the author's row of `user_cache`, joined LEFT: an author who is not known yet is seen by nobody else
 */
export function visible(viewer: string, p = 'p', u = 'u'): string {
  return `(${p}.deleted_at IS NULL AND (${p}.author_id = ${viewer} OR (
      NOT ${u}.deleted AND ${u}.account_status = 'ACTIVE'
      AND NOT EXISTS (${blockBetween(viewer, `${p}.author_id`)})
      AND CASE
        WHEN ${p}.privacy = 'PUBLIC' AND ${u}.privacy_level = 'PUBLIC' THEN true
        WHEN ${p}.privacy = 'PRIVATE' THEN false
        ELSE EXISTS (
          SELECT FROM relations r
           WHERE r.reader_id = ${viewer} AND r.author_id = ${p}.author_id
             AND (${p}.privacy = 'PUBLIC' OR r.friends)
             AND CASE ${u}.privacy_level WHEN 'PUBLIC' THEN true
                                         WHEN 'FRIENDS' THEN r.friends
                                         ELSE r.follow_status = 'ACTIVE' END)
      END)))`;
}

/** Whether a post is listed for the viewer: it is visible, and so is what it shares, unless it has words of its own. */
export function listed(viewer: string): string {
  return `${visible(viewer)} AND CASE WHEN p.content IS NOT NULL THEN true ELSE EXISTS (
      SELECT FROM posts original LEFT JOIN user_cache owner ON owner.id = original.author_id
       WHERE original.id = p.shared_post_id AND ${visible(viewer, 'original', 'owner')}) END`;
}
