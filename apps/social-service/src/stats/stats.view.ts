import type { SocialStats } from './social-stats.entity.js';

export interface StatsView {
  followersCount: number;
  followingCount: number;
  friendsCount: number;
  postsCount: number;
}

/** A user whom nobody follows and who follows nobody has no row. */
export function statsView(stats?: SocialStats): StatsView {
  return {
    followersCount: stats?.followersCount ?? 0,
    followingCount: stats?.followingCount ?? 0,
    friendsCount: stats?.friendsCount ?? 0,
    postsCount: stats?.postsCount ?? 0,
  };
}
