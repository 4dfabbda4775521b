import { ApiProperty } from '@nestjs/swagger';
import { UserSummary } from '@plaza/user-cache';
import { type PersonColumns, personView } from '../visibility/people.js';

const likeCount = { type: 'integer', minimum: 0, description: 'How many like it, you among them' } as const;

export class PostLikeView {
  @ApiProperty({ format: 'uuid' }) postId: string;
  @ApiProperty() liked: boolean;
  @ApiProperty(likeCount) likeCount: number;
}

export class CommentLikeView {
  @ApiProperty({ format: 'uuid' }) commentId: string;
  @ApiProperty() liked: boolean;
  @ApiProperty(likeCount) likeCount: number;
}

export class LikerView {
  @ApiProperty() user: UserSummary;
  @ApiProperty({ format: 'date-time' }) likedAt: string;
}

/** One who likes something, as the list selects it. */
export interface LikerRow extends PersonColumns {
  position: string;
  id: string;
  likedAt: Date;
}

export function postLikeView(postId: string, likeCount: number): PostLikeView {
  return { postId, liked: true, likeCount };
}

export function commentLikeView(commentId: string, likeCount: number): CommentLikeView {
  return { commentId, liked: true, likeCount };
}

export function likerView(row: LikerRow): LikerView {
  return { user: personView(row.id, row), likedAt: row.likedAt.toISOString() };
}
