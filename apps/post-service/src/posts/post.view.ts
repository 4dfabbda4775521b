import { ApiProperty } from '@nestjs/swagger';
import { type PostType, type PrivacyLevel, postTypes, privacyLevels } from '@plaza/contracts';
import { UserSummary } from '@plaza/user-cache';
import { personView } from '../visibility/people.js';
import type { PostRow } from './post-row.js';

const count = { type: 'integer', minimum: 0 } as const;
const privacy = { enum: privacyLevels, enumName: 'PrivacyLevel' };

/** A post that another one shares or quotes, without what it may share itself. */
export class SharedPostView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() author: UserSummary;
  @ApiProperty({ enum: postTypes, enumName: 'PostType' }) type: PostType;
  @ApiProperty({ type: String, nullable: true, maxLength: 280, description: 'null: a share without words of its own' })
  content: string | null;
  @ApiProperty({ ...privacy }) privacy: PrivacyLevel;
  @ApiProperty({ type: String, nullable: true, format: 'uri', description: 'What a LINK post is about' })
  linkUrl: string | null;
  @ApiProperty({ type: [String], description: 'Hashtags of the text, in lower case, without the sign' })
  hashtags: string[];
  @ApiProperty({ type: [String], format: 'uuid', description: 'Ids of the users whom the text mentions' })
  mentionedUserIds: string[];
  @ApiProperty(count) likeCount: number;
  @ApiProperty({ ...count, description: 'Comments and replies that are not deleted' }) commentCount: number;
  @ApiProperty({ ...count, description: 'Shares and quotes that are not deleted' }) shareCount: number;
  @ApiProperty() likedByMe: boolean;
  @ApiProperty() bookmarkedByMe: boolean;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) editedAt: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The post that this one shares or quotes' })
  sharedPostId: string | null;
}

export class PostView extends SharedPostView {
  @ApiProperty({
    type: SharedPostView,
    nullable: true,
    description: 'What it shares or quotes; null where there is nothing, or nothing that you may see',
  })
  sharedPost: SharedPostView | null;
}

/** The post without what it shares. */
export function sharedPostView(row: PostRow): SharedPostView {
  return {
    id: row.id,
    author: personView(row.authorId, row),
    type: row.type,
    content: row.content,
    privacy: row.privacy,
    linkUrl: row.linkUrl,
    hashtags: row.hashtags,
    mentionedUserIds: row.mentionedUserIds,
    likeCount: row.likeCount,
    commentCount: row.commentCount,
    shareCount: row.shareCount,
    likedByMe: row.likedByMe,
    bookmarkedByMe: row.bookmarkedByMe,
    createdAt: row.createdAt.toISOString(),
    editedAt: row.editedAt?.toISOString() ?? null,
    sharedPostId: row.sharedPostId,
  };
}

/** @param shared what the viewer may see of the post that it shares */
export function postView(row: PostRow, shared?: PostRow): PostView {
  return { ...sharedPostView(row), sharedPost: shared ? sharedPostView(shared) : null };
}

/** What a post said before. */
export class PostEditView {
  @ApiProperty({ maxLength: 280, description: 'What the post said before this edit' }) content: string;
  @ApiProperty({ format: 'date-time', description: 'When it was edited' }) editedAt: string;
}

export function postEditView({ content, editedAt }: { content: string; editedAt: Date }): PostEditView {
  return { content, editedAt: editedAt.toISOString() };
}
