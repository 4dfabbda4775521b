import { ApiProperty } from '@nestjs/swagger';
import type { SocialStats } from './social-stats.entity.js';

const count = { type: 'integer', minimum: 0 } as const;

export class StatsView {
  @ApiProperty(count) followersCount: number;
  @ApiProperty(count) followingCount: number;
  @ApiProperty(count) friendsCount: number;
  @ApiProperty(count) postsCount: number;
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
