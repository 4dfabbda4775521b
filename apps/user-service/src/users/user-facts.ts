import { ContactUpdated, fact, UserCreated, type UserState, UserUpdated } from '@plaza/contracts';
import { audienceOf } from './privacy-settings.js';
import type { UserRow } from './user-row.js';

export function userCreated(row: UserRow): UserCreated {
  return fact(UserCreated, stateOf(row));
}

export function userUpdated(row: UserRow): UserUpdated {
  return fact(UserUpdated, stateOf(row));
}

export function contactUpdated(row: UserRow): ContactUpdated {
  return fact(ContactUpdated, {
    userId: row.id,
    email: row.email,
    emailVerified: row.emailVerified,
    locale: null,
  });
}

function stateOf(row: UserRow): UserState {
  return {
    id: row.id,
    username: row.username,
    displayName: row.displayName,
    avatarUrl: row.avatarUrl,
    verified: row.verified,
    privacyLevel: row.privacyLevel,
    accountStatus: row.status,
    audience: audienceOf(row.privacySettings),
    createdAt: row.createdAt.toISOString(),
  };
}
