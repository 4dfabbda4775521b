import { ApiProperty } from '@nestjs/swagger';
import type { SocialStats } from './social-stats.entity.js';

const count = { type: 'integer', minimum: 0 } as const;

export class StatsView {
  @ApiProperty(count) followersCount: number;
  @ApiProperty(count) followingCount: number;
  @ApiProperty(count) friendsCount: number;
  @ApiProperty(count) postsCount: number;
}

/** Of a user without a row nothing was ever counted. A deletion may be counted a moment before its post is. */
export function statsView(stats?: SocialStats): StatsView {
  return {
    followersCount: stats?.followersCount ?? 0,
    followingCount: stats?.followingCount ?? 0,
    friendsCount: stats?.friendsCount ?? 0,
    postsCount: Math.max(stats?.postsCount ?? 0, 0),
  };
}
