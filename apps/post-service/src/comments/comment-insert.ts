import type { OutboxParameters } from '@plaza/kafka';
import { Forbidden, Invalid, type Prepared } from '@plaza/service-kit';
import { postNotFound } from '../posts/post-reads.js';
import { active } from '../visibility/people.js';
import { visible } from '../visibility/visible.js';
import { COMMENT_FROM, commentVisible } from '../visibility/visible-comment.js';
import type { CommentFields, Concerned } from './comment-facts.js';
import { commentNotFound } from './comment-reads.js';

/** What the statement found and did: there is always a row. */
export interface InsertedRow {
  active: boolean;
  /** null: there is no such post that the author may see. */
  postAuthorId: string | null;
  /** null: there is no such comment to answer, or none is answered. */
  parentPostId: string | null;
  parentAuthorId: string | null;
}

/**
 * A comment and its fact in one statement, which does nothing where it says that something is against it. The row of what is
 * answered is locked first: it can't be deleted meanwhile, and all who change several rows begin with the comments.
 * @param created the fact that tells of it, with stand-ins for whom it concerns
 */
export function commentInsert(
  { id, authorId, postId, parentCommentId, content, createdAt }: CommentFields,
  mentionedUserIds: readonly string[],
  { values, call }: OutboxParameters,
): Prepared & { values: unknown[] } {
  const fact = call(8, undefined, { postAuthorId: 'post.author_id', parentAuthorId: 'parent.author_id' });
  return {
    name: 'insert-comment',
    text: `
      WITH post AS (
        SELECT p.id, p.author_id FROM posts p LEFT JOIN user_cache u ON u.id = p.author_id
         WHERE p.id = $3 AND ${visible('$2')}
      ), parent AS (
        SELECT c.post_id, c.author_id FROM ${COMMENT_FROM}
         WHERE c.id = $4 AND c.deleted_at IS NULL AND ${commentVisible('$2')} FOR NO KEY UPDATE OF c
      ), added AS (
        INSERT INTO comments (id, author_id, post_id, parent_comment_id, content, mentioned_user_ids, created_at, updated_at,
                              position)
        SELECT $1, $2, post.id, $4, $5, $6::uuid[], $7::timestamptz, $7, ${fact}
          FROM post LEFT JOIN parent ON true
         WHERE ${active('$2')} AND ($4 IS NULL OR parent.post_id = post.id)
      )
      SELECT ${active('$2')} AS active, post.author_id AS "postAuthorId", parent.post_id AS "parentPostId",
             parent.author_id AS "parentAuthorId"
        FROM (VALUES (1)) AS always LEFT JOIN post ON true LEFT JOIN parent ON true`,
    values: [id, authorId, postId, parentCommentId, content, mentionedUserIds, createdAt, ...values],
  };
}

/** Whom the comment concerns that was written. @throws what was against it, where nothing was written */
export function inserted({ postId, parentCommentId }: CommentFields, [row]: readonly InsertedRow[]): Concerned {
  if (!row) throw new Error('a statement that always gives a row gave none');
  const { postAuthorId, parentPostId, parentAuthorId } = row;
  if (!row.active) throw new Forbidden('ACCOUNT_NOT_ACTIVE', 'Your account is not active.');
  if (postAuthorId === null) throw postNotFound();
  if (parentCommentId !== null && parentPostId === null) throw commentNotFound();
  if (parentPostId !== null && parentPostId !== postId)
    throw new Invalid('COMMENT_OF_OTHER_POST', 'The comment that is answered is one of another post.');
  return { postAuthorId, parentAuthorId };
}
