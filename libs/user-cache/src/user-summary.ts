import type { UserCacheEntry } from './user-cache.entity.js';

/** A user as embedded in answers: author, sender, follower ... All but the id are null where the user is not known. */
export interface UserSummary {
  id: string;
  username: string | null;
  displayName: string | null;
  avatarUrl: string | null;
  verified: boolean;
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
