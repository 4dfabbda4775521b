import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type AccountStatus, accountStatuses, type PrivacyLevel, privacyLevels } from '@plaza/contracts';
import type { Role, TokenUser } from '@plaza/service-kit';
import { privacyOf } from './privacy-settings.js';
import type { UserRow } from './user-row.js';

const text = { type: String, nullable: true } as const;
const instant = { type: String, format: 'date-time', nullable: true } as const;

/** What everyone may see of anyone who is found at all. */
export class UserSummaryView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() username: string;
  @ApiProperty() displayName: string;
  @ApiProperty(text) avatarUrl: string | null;
  @ApiProperty() verified: boolean;
}

class FoundUser extends UserSummaryView {
  @ApiProperty({ enum: privacyLevels, enumName: 'PrivacyLevel' }) privacyLevel: PrivacyLevel;
}

/** A user as others see one. A field that is absent may not be seen by the asker; null is not set. */
export class UserView extends FoundUser {
  @ApiPropertyOptional({ format: 'date-time' }) createdAt?: string;
  @ApiPropertyOptional(text) firstName?: string | null;
  @ApiPropertyOptional(text) lastName?: string | null;
  @ApiPropertyOptional(text) bio?: string | null;
  @ApiPropertyOptional(text) coverImageUrl?: string | null;
  @ApiPropertyOptional(text) gender?: string | null;
  @ApiPropertyOptional(text) location?: string | null;
  @ApiPropertyOptional(text) website?: string | null;
  @ApiPropertyOptional({ ...text, format: 'date' }) birthDate?: string | null;
  @ApiPropertyOptional({ format: 'email' }) email?: string;
  @ApiPropertyOptional(instant) lastSeenAt?: string | null;
}

/** A user as one sees oneself: everything is there. */
export class OwnUserView extends FoundUser {
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty(text) firstName: string | null;
  @ApiProperty(text) lastName: string | null;
  @ApiProperty(text) bio: string | null;
  @ApiProperty(text) coverImageUrl: string | null;
  @ApiProperty(text) gender: string | null;
  @ApiProperty(text) location: string | null;
  @ApiProperty(text) website: string | null;
  @ApiProperty({ ...text, format: 'date' }) birthDate: string | null;
  @ApiProperty({ format: 'email' }) email: string;
  @ApiProperty(instant) lastSeenAt: string | null;
  @ApiProperty() emailVerified: boolean;
  @ApiProperty(text) phone: string | null;
  @ApiProperty() phoneVerified: boolean;
  @ApiProperty({ enum: accountStatuses, enumName: 'AccountStatus' }) status: AccountStatus;
  @ApiProperty({ enum: ['USER', 'MODERATOR', 'ADMIN'], enumName: 'Role' }) role: Role;
  @ApiProperty(instant) lastLoginAt: string | null;
}

export function summaryView(row: UserSummaryView): UserSummaryView {
  return {
    id: row.id,
    username: row.username,
    displayName: row.displayName,
    avatarUrl: row.avatarUrl,
    verified: row.verified,
  };
}

export function ownView(row: UserRow): OwnUserView {
  return {
    ...profileView(row),
    birthDate: row.birthDate,
    email: row.email,
    lastSeenAt: timeOf(row.lastSeenAt),
    emailVerified: row.emailVerified,
    phone: row.phone,
    phoneVerified: row.phoneVerified,
    status: row.status,
    role: row.role,
    lastLoginAt: timeOf(row.lastLoginAt),
  };
}

/** True for oneself and for those who moderate; for anyone else an account exists while it is active. */
export function mayFind(row: Pick<UserRow, 'id' | 'status'>, viewer: TokenUser): boolean {
  return row.status === 'ACTIVE' || row.id === viewer.id || viewer.role !== 'USER';
}

/** The row as `viewer` may see it. Nobody is a friend here until friendships are known to this service. */
export function viewFor(row: UserRow, viewer: TokenUser): UserView {
  if (row.id === viewer.id) return { ...profileView(row), birthDate: row.birthDate, email: row.email };
  if (row.privacyLevel !== 'PUBLIC' && viewer.role === 'USER') {
    return { ...summaryView(row), privacyLevel: row.privacyLevel };
  }
  const privacy = privacyOf(row.privacySettings);
  const view: UserView = profileView(row);
  if (privacy.birthDate === 'EVERYONE') view.birthDate = row.birthDate;
  if (privacy.email === 'EVERYONE') view.email = row.email;
  if (privacy.lastSeen === 'EVERYONE') view.lastSeenAt = timeOf(row.lastSeenAt);
  return view;
}

/** Without what its owner may hide. */
function profileView(row: UserRow) {
  return {
    ...summaryView(row),
    privacyLevel: row.privacyLevel,
    createdAt: row.createdAt.toISOString(),
    firstName: row.firstName,
    lastName: row.lastName,
    bio: row.bio,
    coverImageUrl: row.coverImageUrl,
    gender: row.gender,
    location: row.location,
    website: row.website,
  } satisfies UserView;
}

function timeOf(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
