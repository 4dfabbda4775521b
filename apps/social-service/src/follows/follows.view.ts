import type { UserCacheEntry, UserSummary } from '@plaza/user-cache';
import { userSummary } from '@plaza/user-cache';
import type { Follow, FollowStatus } from './follow.entity.js';

export interface FollowView {
  userId: string;
  status: FollowStatus;
  createdAt: string;
}

export interface FollowListItem {
  user: UserSummary;
  followedAt: string;
}

export interface RelationshipView {
  userId: string;
  following: FollowStatus | 'NONE';
  followedBy: FollowStatus | 'NONE';
}

/** The follow as its follower sees it. */
export function followView(follow: Pick<Follow, 'followingId' | 'status' | 'createdAt'>): FollowView {
  return { userId: follow.followingId, status: follow.status, createdAt: follow.createdAt.toISOString() };
}

/** One person in a list of followers, of followed people, or of requests. */
export function followListItem(userId: string, entry: UserCacheEntry | undefined, since: Date): FollowListItem {
  return { user: userSummary(userId, entry), followedAt: since.toISOString() };
}
