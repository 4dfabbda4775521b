import type { AccountStatus, PrivacyLevel } from '@plaza/contracts';
import { NotFound, type Role } from '@plaza/service-kit';
import type { EntityManager } from 'typeorm';
import type { PrivacySettings } from './privacy-settings.js';

/** What a user can change of the profile. */
export interface ProfileFields {
  firstName: string | null;
  lastName: string | null;
  displayName: string;
  bio: string | null;
  avatarUrl: string | null;
  coverImageUrl: string | null;
  birthDate: string | null;
  gender: string | null;
  location: string | null;
  website: string | null;
  privacyLevel: PrivacyLevel;
}

/** Account and profile in one row: what answers and facts are made of. Never has the password's hash. */
export interface UserRow extends ProfileFields {
  id: string;
  email: string;
  emailVerified: boolean;
  username: string;
  phone: string | null;
  phoneVerified: boolean;
  status: AccountStatus;
  role: Role;
  lastLoginAt: Date | null;
  lastSeenAt: Date | null;
  version: number;
  contactVersion: number;
  createdAt: Date;
  verified: boolean;
  privacySettings: Partial<PrivacySettings>;
}

// A day is read as text: as a Date it would move with the zone of the process. Versions stay far below 2^53.
const COLUMNS = `
  u.id, u.email, u.email_verified AS "emailVerified", u.username, u.phone, u.phone_verified AS "phoneVerified",
  u.status, u.role, u.last_login_at AS "lastLoginAt", u.last_seen_at AS "lastSeenAt", u.version::float8 AS version,
  u.contact_version::float8 AS "contactVersion", u.created_at AS "createdAt",
  p.first_name AS "firstName", p.last_name AS "lastName", p.display_name AS "displayName", p.bio,
  p.avatar_url AS "avatarUrl", p.cover_image_url AS "coverImageUrl", p.birth_date::text AS "birthDate", p.gender,
  p.location, p.website, p.privacy_level AS "privacyLevel", p.verified, p.privacy_settings AS "privacySettings"`;

/** Selects UserRows; a condition on `u` (users) and `p` (user_profiles) follows. */
export const SELECT_USERS = `SELECT ${COLUMNS} FROM users u JOIN user_profiles p ON p.user_id = u.id`;

/** A UserRow as PostgreSQL writes it in JSON. */
export interface UserJson extends Omit<UserRow, 'lastLoginAt' | 'lastSeenAt' | 'createdAt'> {
  lastLoginAt: string | null;
  lastSeenAt: string | null;
  createdAt: string;
}

/**
 * Selects one UserRow as a single value, \`found\` (see \`userOf\`): for what is asked all the time. PostgreSQL describes each
 * column in each answer, and pg looks up how to read it, which for this many columns costs more than the query.
 */
export function selectJson(condition: string): string {
  return `SELECT row_to_json(u) AS found FROM (${SELECT_USERS} WHERE ${condition}) AS u`;
}

export function userOf(json: UserJson): UserRow {
  return {
    ...json,
    lastLoginAt: json.lastLoginAt === null ? null : new Date(json.lastLoginAt),
    lastSeenAt: json.lastSeenAt === null ? null : new Date(json.lastSeenAt),
    createdAt: new Date(json.createdAt),
  };
}

/** @throws NotFound USER_NOT_FOUND */
export async function readUser(manager: EntityManager, id: string, suffix = ''): Promise<UserRow> {
  const [row] = await manager.query<UserRow[]>(`${SELECT_USERS} WHERE u.id = $1 ${suffix}`, [id]);
  if (!row) throw userNotFound();
  return row;
}

/** As `readUser`, until the end of the transaction. Both rows: only those that are locked are read anew after waiting. */
export function lockUser(manager: EntityManager, id: string): Promise<UserRow> {
  return readUser(manager, id, 'FOR UPDATE');
}

export function userNotFound(): NotFound {
  return new NotFound('USER_NOT_FOUND', 'There is no such user.');
}

/** Writes every changeable column of the profile and the version, from the row's values in `profileValues`. */
export const SAVE_PROFILE = `
  WITH profile AS (
    UPDATE user_profiles SET
      first_name = $3, last_name = $4, display_name = $5, bio = $6, avatar_url = $7, cover_image_url = $8,
      birth_date = $9::date, gender = $10, location = $11, website = $12, privacy_level = $13,
      privacy_settings = $14::jsonb, updated_at = now()
    WHERE user_id = $1
  )
  UPDATE users SET version = $2, updated_at = now() WHERE id = $1`;

/** Parameters of SAVE_PROFILE. */
export function profileValues(row: UserRow): unknown[] {
  return [
    row.id,
    row.version,
    row.firstName,
    row.lastName,
    row.displayName,
    row.bio,
    row.avatarUrl,
    row.coverImageUrl,
    row.birthDate,
    row.gender,
    row.location,
    row.website,
    row.privacyLevel,
    JSON.stringify(row.privacySettings),
  ];
}
