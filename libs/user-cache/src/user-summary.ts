import { ApiProperty } from '@nestjs/swagger';
import type { UserCacheEntry } from './user-cache.entity.js';

const text = { type: String, nullable: true } as const;

/** A user as embedded in answers: author, sender, follower ... All but the id are null where the user is not known. */
export class UserSummary {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty(text) username: string | null;
  @ApiProperty(text) displayName: string | null;
  @ApiProperty(text) avatarUrl: string | null;
  @ApiProperty() verified: boolean;
}

/** A missing row is normal (the fact is still on its way), a deleted user looks the same. */
export function userSummary(id: string, entry?: UserCacheEntry): UserSummary {
  return {
    id,
    username: entry?.username ?? null,
    displayName: entry?.displayName ?? null,
    avatarUrl: entry?.avatarUrl ?? null,
    verified: entry?.verified ?? false,
  };
}
