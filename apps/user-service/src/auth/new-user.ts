import type { EntityManager } from 'typeorm';
import { DEFAULT_PRIVACY } from '../users/privacy-settings.js';
import { User } from '../users/user.entity.js';
import { UserProfile } from '../users/user-profile.entity.js';
import type { UserRow } from '../users/user-row.js';
import type { Registration } from './auth.dto.js';

/** The row of somebody who has just registered; its versions are those of the facts that say so. */
export function newUser(id: string, { email, username, displayName }: Registration, now: Date): UserRow {
  return {
    id,
    email,
    emailVerified: false,
    username,
    phone: null,
    phoneVerified: false,
    status: 'ACTIVE',
    role: 'USER',
    lastLoginAt: null,
    lastSeenAt: null,
    version: 0,
    contactVersion: 0,
    createdAt: now,
    firstName: null,
    lastName: null,
    displayName: displayName ?? username,
    bio: null,
    avatarUrl: null,
    coverImageUrl: null,
    birthDate: null,
    gender: null,
    location: null,
    website: null,
    privacyLevel: 'PUBLIC',
    verified: false,
    privacySettings: DEFAULT_PRIVACY,
  };
}

export async function insertUser(manager: EntityManager, row: UserRow, passwordHash: string): Promise<void> {
  const { id, email, username, version, contactVersion, createdAt } = row;
  await manager.insert(User, { id, email, username, passwordHash, version, contactVersion, createdAt });
  const { displayName, privacyLevel, privacySettings } = row;
  await manager.insert(UserProfile, { userId: id, displayName, privacyLevel, privacySettings, createdAt });
}
