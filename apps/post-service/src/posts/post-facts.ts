import type { PostState, UserMentioned } from '@plaza/contracts';
import type { Post } from './post.entity.js';

export type PostFields = Pick<
  Post,
  | 'id'
  | 'authorId'
  | 'type'
  | 'content'
  | 'privacy'
  | 'linkUrl'
  | 'sharedPostId'
  | 'hashtags'
  | 'createdAt'
  | 'editedAt'
>;

/** The post as facts tell of it. @param sharedPostAuthorId author of the post that it shares or quotes */
export function postState(post: PostFields, sharedPostAuthorId: string | null): PostState {
  return {
    id: post.id,
    authorId: post.authorId,
    type: post.type,
    content: post.content,
    privacy: post.privacy,
    linkUrl: post.linkUrl,
    sharedPostId: post.sharedPostId,
    sharedPostAuthorId,
    hashtags: post.hashtags,
    createdAt: post.createdAt.toISOString(),
    editedAt: post.editedAt?.toISOString() ?? null,
  };
}

/** All that a fact says of a mention in a post's own words, but who is mentioned. @param at when it was written */
export function mentionIn({ id, authorId }: PostFields, at: Date): Omit<UserMentioned, 'mentionedUserId'> {
  return {
    authorId,
    postId: id,
    commentId: null,
    postAuthorId: authorId,
    parentAuthorId: null,
    createdAt: at.toISOString(),
  };
}
