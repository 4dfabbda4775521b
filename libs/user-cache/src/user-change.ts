import type { UserAudience, UserDeleted, UserState } from '@plaza/contracts';
import type { UserCacheEntry } from './user-cache.entity.js';

/** A fact about a user with the version from its envelope. */
export interface ReceivedUser {
  fact: UserState | UserDeleted;
  version: number;
}

/** What a fact makes of an entry; the stores add the times, by their database's clock. */
export type UserChange = Omit<UserCacheEntry, 'lastSynced' | 'createdAt' | 'updatedAt'>;

/** The last change of each user among the facts, in the order of ids: so two batches at once can't lock each other. */
export function lastChanges(users: readonly ReceivedUser[]): UserChange[] {
  const newest = new Map<string, ReceivedUser>();
  for (const user of users) {
    const known = newest.get(user.fact.id);
    if (!known || known.version < user.version) newest.set(user.fact.id, user);
  }
  return [...newest.values()].map(changeOf).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function changeOf({ fact, version }: ReceivedUser): UserChange {
  if ('deletedAt' in fact) return { ...nobody, id: fact.id, version };
  return {
    id: fact.id,
    username: fact.username,
    displayName: fact.displayName,
    avatarUrl: fact.avatarUrl,
    verified: fact.verified,
    privacyLevel: fact.privacyLevel,
    accountStatus: fact.accountStatus,
    audience: { ...fact.audience } satisfies UserAudience,
    version,
    deleted: false,
  };
}

const nobody = {
  username: null,
  displayName: null,
  avatarUrl: null,
  verified: false,
  privacyLevel: null,
  accountStatus: null,
  audience: null,
  deleted: true,
} as const;
