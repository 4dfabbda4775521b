import { ArrayMaxSize, IsArray, IsIn, IsRFC3339, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import { Fact, type FactOptions } from './fact.js';
import { Nullable } from './rules.js';
import { type PrivacyLevel, privacyLevels } from './user.facts.js';

export const postTypes = ['TEXT', 'LINK', 'IMAGE', 'VIDEO'] as const;
export type PostType = (typeof postTypes)[number];

/** A post as it is now. */
export abstract class PostState {
  @IsUUID() id: string;
  @IsUUID() authorId: string;
  @IsIn(postTypes) type: PostType;
  /** 1 to 280 code points; null for a share without words of its own. */
  @Nullable() @Length(1, 280) content: string | null;
  @IsIn(privacyLevels) privacy: PrivacyLevel;
  @Nullable() @MaxLength(2048) linkUrl: string | null;
  /** The post that this one shares or quotes, and its author. */
  @Nullable() @IsUUID() sharedPostId: string | null;
  @Nullable() @IsUUID() sharedPostAuthorId: string | null;
  /** In lower case, without the sign. */
  @IsArray() @ArrayMaxSize(280) @IsString({ each: true }) hashtags: string[];
  @IsRFC3339() createdAt: string;
  @Nullable() @IsRFC3339() editedAt: string | null;
}

const post = { topic: 'post', kind: 'stream', producer: 'post-service' } as const;
const byPost = { ...post, key: (it: { id: string }) => it.id };

/** Published when somebody posts, shares or quotes, after commit, by post-service. */
@Fact<PostCreated>({ ...byPost, type: 'post.created' })
export class PostCreated extends PostState {}

/** Published when an author edits a post's text or privacy, after commit, by post-service. */
@Fact<PostUpdated>({ ...byPost, type: 'post.updated' })
export class PostUpdated extends PostState {}

/** Published when an author deletes a post or takes a share back, after commit, by post-service. */
@Fact<PostDeleted>({ ...byPost, type: 'post.deleted' })
export class PostDeleted {
  @IsUUID() id: string;
  @IsUUID() authorId: string;
  @Nullable() @IsUUID() sharedPostId: string | null;
  @IsRFC3339() deletedAt: string;
}

/** Published when somebody shares or quotes another's or their own post, after commit, by post-service. */
@Fact<PostShared>({ ...post, topic: 'share', key: (it) => it.id, type: 'post.shared' })
export class PostShared {
  /** The post that the share is. */
  @IsUUID() id: string;
  @IsUUID() authorId: string;
  @IsUUID() sharedPostId: string;
  @IsUUID() sharedPostAuthorId: string;
  /** The words of a quote; null for a plain share. */
  @Nullable() @Length(1, 280) content: string | null;
  @IsRFC3339() createdAt: string;
}

/** A comment as it is now. */
export abstract class CommentState {
  @IsUUID() id: string;
  @IsUUID() postId: string;
  @IsUUID() postAuthorId: string;
  /** The comment that this one answers, and its author. */
  @Nullable() @IsUUID() parentCommentId: string | null;
  @Nullable() @IsUUID() parentAuthorId: string | null;
  @IsUUID() authorId: string;
  @Length(1, 280) content: string;
  @IsRFC3339() createdAt: string;
  @Nullable() @IsRFC3339() editedAt: string | null;
}

const comment = {
  topic: 'comment',
  kind: 'stream',
  producer: 'post-service',
  key: (it: { id: string }) => it.id,
} as const;

/** Published when somebody comments on a post or answers a comment, after commit, by post-service. */
@Fact<CommentCreated>({ ...comment, type: 'comment.created' })
export class CommentCreated extends CommentState {}

/** Published when an author edits a comment, after commit, by post-service. */
@Fact<CommentUpdated>({ ...comment, type: 'comment.updated' })
export class CommentUpdated extends CommentState {}

/** Published when its author or the post's deletes a comment (its replies stay), after commit, by post-service. */
@Fact<CommentDeleted>({ ...comment, type: 'comment.deleted' })
export class CommentDeleted {
  @IsUUID() id: string;
  @IsUUID() postId: string;
  @IsUUID() postAuthorId: string;
  @Nullable() @IsUUID() parentCommentId: string | null;
  @IsUUID() authorId: string;
  @IsRFC3339() deletedAt: string;
}

/** Who likes which post; the same fields in both facts. */
export abstract class PostLike {
  @IsUUID() userId: string;
  @IsUUID() postId: string;
  @IsUUID() postAuthorId: string;
  @IsRFC3339() createdAt: string;
}

/** Who likes which comment; the same fields in both facts. */
export abstract class CommentLike {
  @IsUUID() userId: string;
  @IsUUID() commentId: string;
  @IsUUID() commentAuthorId: string;
  @IsUUID() postId: string;
  @IsRFC3339() createdAt: string;
}

const like = { topic: 'like', kind: 'stream', producer: 'post-service' } as const;
const ofPost: Omit<FactOptions<PostLike>, 'type'> = { ...like, key: (it) => `${it.userId}:${it.postId}` };
const ofComment: Omit<FactOptions<CommentLike>, 'type'> = { ...like, key: (it) => `${it.userId}:${it.commentId}` };

/** Published when somebody likes a post, after commit, by post-service. */
@Fact<PostLiked>({ ...ofPost, type: 'post.liked' })
export class PostLiked extends PostLike {}

/** Published when somebody takes the like of a post back, after commit, by post-service. */
@Fact<PostUnliked>({ ...ofPost, type: 'post.unliked' })
export class PostUnliked extends PostLike {}

/** Published when somebody likes a comment, after commit, by post-service. */
@Fact<CommentLiked>({ ...ofComment, type: 'comment.liked' })
export class CommentLiked extends CommentLike {}

/** Published when somebody takes the like of a comment back, after commit, by post-service. */
@Fact<CommentUnliked>({ ...ofComment, type: 'comment.unliked' })
export class CommentUnliked extends CommentLike {}

/** That a text names a user; the same fields in both facts. */
export abstract class Mention {
  @IsUUID() mentionedUserId: string;
  @IsUUID() authorId: string;
  @IsUUID() postId: string;
  /** The comment whose text it is; null where it is the post's own. */
  @Nullable() @IsUUID() commentId: string | null;
  @IsUUID() postAuthorId: string;
  /** The author of the comment that this comment answers: told of the answer already, as is the post's author. */
  @Nullable() @IsUUID() parentAuthorId: string | null;
  @IsRFC3339() createdAt: string;
}

const mention: Omit<FactOptions<Mention>, 'type'> = {
  topic: 'mention',
  kind: 'stream',
  producer: 'post-service',
  key: (it) => `${it.commentId ?? it.postId}:${it.mentionedUserId}`,
};

/** Published when a post or comment names a user who may see it and lets the author do so, after commit, by post-service. */
@Fact<UserMentioned>({ ...mention, type: 'user.mentioned' })
export class UserMentioned extends Mention {}

/** Published when an edit (not a deletion) takes a user's name out of a text, after commit, by post-service. */
@Fact<UserUnmentioned>({ ...mention, type: 'user.unmentioned' })
export class UserUnmentioned extends Mention {}
