import { CommentLiked, CommentUnliked, fact, PostLiked, PostUnliked } from '@plaza/contracts';
import type { NotFound } from '@plaza/service-kit';
import { commentNotFound } from '../comments/comment-reads.js';
import { postNotFound } from '../posts/post-reads.js';
import { visible } from '../visibility/visible.js';
import { COMMENT_FROM, commentVisible } from '../visibility/visible-comment.js';

/** Somebody's liking of something. */
export interface Liking {
  userId: string;
  /** Of the post or comment. */
  id: string;
  createdAt: Date;
}

/** A kind of things that can be liked. In its SQL $1 is the user and $2 the thing. */
export interface Likeable {
  name: 'post' | 'comment';
  likes: 'post_likes' | 'comment_likes';
  /** The thing's column in `likes`. */
  column: 'post_id' | 'comment_id';
  /** The thing as a query with the columns that `fields` needs, whoever asks. */
  thing: string;
  /** The same for the user: no row where the user may not see it; with `like_count`. */
  seen: string;
  /** Fields of the facts that only the statement finds, from a row of `thing` or `seen`, named `it`. */
  fields: Record<string, string>;
  liked(liking: Liking): object;
  unliked(liking: Liking): object;
  notFound(): NotFound;
}

export const POST: Likeable = {
  name: 'post',
  likes: 'post_likes',
  column: 'post_id',
  thing: 'SELECT author_id FROM posts WHERE id = $2',
  seen: `SELECT p.id, p.author_id, p.like_count FROM posts p LEFT JOIN user_cache u ON u.id = p.author_id
          WHERE p.id = $2 AND ${visible('$1')}`,
  fields: { postAuthorId: 'it.author_id' },
  liked: (liking) => fact(PostLiked, postLike(liking)),
  unliked: (liking) => fact(PostUnliked, postLike(liking)),
  notFound: postNotFound,
};

export const COMMENT: Likeable = {
  name: 'comment',
  likes: 'comment_likes',
  column: 'comment_id',
  thing: 'SELECT author_id, post_id FROM comments WHERE id = $2',
  seen: `SELECT c.id, c.author_id, c.post_id, c.like_count FROM ${COMMENT_FROM}
          WHERE c.id = $2 AND c.deleted_at IS NULL AND ${commentVisible('$1')}`,
  fields: { commentAuthorId: 'it.author_id', postId: 'it.post_id' },
  liked: (liking) => fact(CommentLiked, commentLike(liking)),
  unliked: (liking) => fact(CommentUnliked, commentLike(liking)),
  notFound: commentNotFound,
};

/** The author is a stand-in: see `fields`. */
function postLike({ userId, id, createdAt }: Liking): PostLiked {
  return { userId, postId: id, postAuthorId: userId, createdAt: createdAt.toISOString() };
}

/** The author and the post are stand-ins: see `fields`. */
function commentLike({ userId, id, createdAt }: Liking): CommentLiked {
  return { userId, commentId: id, commentAuthorId: userId, postId: id, createdAt: createdAt.toISOString() };
}
