import { ApiProperty } from '@nestjs/swagger';
import { UserSummary } from '@plaza/user-cache';
import { personView } from '../visibility/people.js';
import type { CommentRow } from './comment-row.js';

const count = { type: 'integer', minimum: 0 } as const;

export class CommentView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) postId: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The comment that it answers' })
  parentCommentId: string | null;
  @ApiProperty({ type: UserSummary, nullable: true, description: 'null: it was deleted' }) author: UserSummary | null;
  @ApiProperty({ type: String, nullable: true, maxLength: 280, description: 'null: it was deleted' })
  content: string | null;
  @ApiProperty(count) likeCount: number;
  @ApiProperty({ ...count, description: 'Its direct replies that are not deleted' }) replyCount: number;
  @ApiProperty() likedByMe: boolean;
  @ApiProperty({ type: [String], format: 'uuid', description: 'Ids of the users whom the text mentions' })
  mentionedUserIds: string[];
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) editedAt: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'A deleted comment is shown as long as there are replies below it',
  })
  deletedAt: string | null;
}

/** Of a deleted comment nothing is shown but its place in the thread. */
export function commentView(row: CommentRow): CommentView {
  const deleted = row.deletedAt !== null;
  return {
    id: row.id,
    postId: row.postId,
    parentCommentId: row.parentCommentId,
    author: deleted ? null : personView(row.authorId, row),
    content: deleted ? null : row.content,
    likeCount: row.likeCount,
    replyCount: row.replyCount,
    likedByMe: row.likedByMe,
    mentionedUserIds: deleted ? [] : row.mentionedUserIds,
    createdAt: row.createdAt.toISOString(),
    editedAt: row.editedAt?.toISOString() ?? null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
  };
}
