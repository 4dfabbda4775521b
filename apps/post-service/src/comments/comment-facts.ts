import type { CommentState, UserMentioned } from '@plaza/contracts';
import type { Comment } from './comment.entity.js';

export type CommentFields = Pick<
  Comment,
  'id' | 'postId' | 'parentCommentId' | 'authorId' | 'content' | 'createdAt' | 'editedAt'
>;

/** Whom a comment concerns beside its author. */
export interface Concerned {
  postAuthorId: string;
  parentAuthorId: string | null;
}

/** The comment as facts tell of it. */
export function commentState(comment: CommentFields, { postAuthorId, parentAuthorId }: Concerned): CommentState {
  return {
    id: comment.id,
    postId: comment.postId,
    postAuthorId,
    parentCommentId: comment.parentCommentId,
    parentAuthorId,
    authorId: comment.authorId,
    content: comment.content,
    createdAt: comment.createdAt.toISOString(),
    editedAt: comment.editedAt?.toISOString() ?? null,
  };
}

/** All that a fact says of a mention in a comment, but who is mentioned. */
export function mentionInComment(
  comment: CommentFields,
  { postAuthorId, parentAuthorId }: Concerned,
): Omit<UserMentioned, 'mentionedUserId'> {
  const { id: commentId, postId, authorId, createdAt, editedAt } = comment;
  return {
    authorId,
    postId,
    commentId,
    postAuthorId,
    parentAuthorId,
    createdAt: (editedAt ?? createdAt).toISOString(),
  };
}
