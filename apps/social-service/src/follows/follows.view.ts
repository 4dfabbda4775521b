import { ApiProperty } from '@nestjs/swagger';
import { type UserCacheEntry, UserSummary, userSummary } from '@plaza/user-cache';
import type { Follow, FollowStatus } from './follow.entity.js';

const status = { enum: ['ACTIVE', 'PENDING'], enumName: 'FollowStatus' };
const relation = { enum: ['ACTIVE', 'PENDING', 'NONE'], enumName: 'FollowRelation' };

export class FollowView {
  @ApiProperty({ format: 'uuid', description: 'Who is followed' }) userId: string;
  @ApiProperty({ ...status, description: 'PENDING: asked for, and not answered yet' }) status: FollowStatus;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
}

export class FollowListItem {
  @ApiProperty() user: UserSummary;
  @ApiProperty({ format: 'date-time' }) followedAt: string;
}

export class RelationshipView {
  @ApiProperty({ format: 'uuid' }) userId: string;
  @ApiProperty({ ...relation, description: 'Whether I follow the user' }) following: FollowStatus | 'NONE';
  @ApiProperty({ ...relation, description: 'Whether the user follows me' }) followedBy: FollowStatus | 'NONE';
}

export class RelationshipsView {
  @ApiProperty({ type: [RelationshipView] }) items: RelationshipView[];
}

/** The follow as its follower sees it. */
export function followView(follow: Pick<Follow, 'followingId' | 'status' | 'createdAt'>): FollowView {
  return { userId: follow.followingId, status: follow.status, createdAt: follow.createdAt.toISOString() };
}

/** One person in a list of followers, of followed people, or of requests. */
export function followListItem(userId: string, entry: UserCacheEntry | undefined, since: Date): FollowListItem {
  return { user: userSummary(userId, entry), followedAt: since.toISOString() };
}
