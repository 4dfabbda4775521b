import type { UserState } from '@plaza/contracts';
import type { Person } from './client.js';

export interface ActorData extends Person {
  id: string;
  displayName: string;
}

/** The people of the tests. */
export const actors = {
  alice: actor('alice', 'Alice', '01930000-0000-7000-8000-00000000000a'),
  bob: actor('bob', 'Bob', '01930000-0000-7000-8000-00000000000b'),
  carol: actor('carol', 'Carol', '01930000-0000-7000-8000-00000000000c'),
} as const;

/** The user as user-service would tell of it: public, active, everybody may do everything. */
export function userState({
  id,
  username,
  displayName,
}: Pick<ActorData, 'id' | 'username' | 'displayName'>): UserState {
  return {
    id,
    username,
    displayName,
    avatarUrl: null,
    verified: false,
    privacyLevel: 'PUBLIC',
    accountStatus: 'ACTIVE',
    audience: {
      message: 'EVERYONE',
      friendRequest: 'EVERYONE',
      invite: 'EVERYONE',
      tag: 'EVERYONE',
      friendsList: 'EVERYONE',
      lastSeen: 'EVERYONE',
      readReceipts: true,
      presence: true,
      searchable: true,
    },
    createdAt: '2026-11-21T12:00:00.000Z',
  };
}

function actor(username: string, displayName: string, id: string): ActorData {
  return { id, username, displayName, email: `${username}@example.org`, password: `${username} has a long password` };
}
