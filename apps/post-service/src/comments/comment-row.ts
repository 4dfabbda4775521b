import { type PersonColumns, personColumns } from '../visibility/people.js';
import { commentVisible } from '../visibility/visible-comment.js';

/** A comment with its author and whether the viewer likes it, as the reads select it. */
export interface CommentRow extends PersonColumns {
  id: string;
  position: string;
  postId: string;
  parentCommentId: string | null;
  authorId: string;
  content: string;
  mentionedUserIds: string[];
  likeCount: number;
  replyCount: number;
  likedByMe: boolean;
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
}

/** The columns of a CommentRow, from COMMENT_FROM. @param viewer placeholder of the viewer's id */
export function commentColumns(viewer: string): string {
  return `c.id, c.position, c.post_id AS "postId", c.parent_comment_id AS "parentCommentId", c.author_id AS "authorId",
    c.content, c.mentioned_user_ids AS "mentionedUserIds", c.like_count AS "likeCount", c.reply_count AS "replyCount",
    EXISTS (SELECT FROM comment_likes l WHERE l.comment_id = c.id AND l.user_id = ${viewer}) AS "likedByMe",
    c.created_at AS "createdAt", c.edited_at AS "editedAt", c.deleted_at AS "deletedAt", ${personColumns('a')}`;
}

/**
 * Whether a comment is shown, as SQL over COMMENT_FROM: it may be seen, and it is not deleted, or something below it is not.
 * The replies are counted without deleted ones: where there are none, only deleted ones can lead to one that stands.
 */
export function commentShown(viewer: string): string {
  return `${commentVisible(viewer)} AND (c.deleted_at IS NULL OR c.reply_count > 0 OR EXISTS (
      WITH RECURSIVE below AS (
        SELECT r.id, r.reply_count FROM comments r WHERE r.parent_comment_id = c.id
         UNION ALL
        SELECT r.id, r.reply_count FROM below JOIN comments r ON r.parent_comment_id = below.id
      ) SELECT FROM below WHERE below.reply_count > 0))`;
}
