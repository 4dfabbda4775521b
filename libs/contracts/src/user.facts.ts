import { IsBoolean, IsIn, IsRFC3339, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { Fact } from './fact.js';
import { Nested, Nullable } from './rules.js';

export const privacyLevels = ['PUBLIC', 'FRIENDS', 'PRIVATE'] as const;
export type PrivacyLevel = (typeof privacyLevels)[number];

export const accountStatuses = ['ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'DELETED'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

export const audienceLevels = ['EVERYONE', 'FRIENDS', 'NOBODY'] as const;
export type AudienceLevel = (typeof audienceLevels)[number];

/** The privacy settings that other services enforce: who may do or see what, of the user's own choice. */
export class UserAudience {
  @IsIn(audienceLevels) message: AudienceLevel;
  @IsIn(audienceLevels) friendRequest: AudienceLevel;
  @IsIn(audienceLevels) invite: AudienceLevel;
  @IsIn(audienceLevels) tag: AudienceLevel;
  @IsIn(audienceLevels) friendsList: AudienceLevel;
  @IsIn(audienceLevels) lastSeen: AudienceLevel;
  @IsBoolean() readReceipts: boolean;
  @IsBoolean() presence: boolean;
  @IsBoolean() searchable: boolean;
}

/** A user as every other service keeps it in its `user_cache`. */
export abstract class UserState {
  @IsUUID() id: string;
  @Length(3, 50) @Matches(/^[a-z0-9_.]+$/) username: string;
  @Length(1, 100) displayName: string;
  @Nullable() @MaxLength(2048) avatarUrl: string | null;
  @IsBoolean() verified: boolean;
  @IsIn(privacyLevels) privacyLevel: PrivacyLevel;
  @IsIn(accountStatuses) accountStatus: AccountStatus;
  @Nested(() => UserAudience) audience: UserAudience;
  @IsRFC3339() createdAt: string;
}

/** Published when a user registers, after commit, by user-service. */
@Fact<UserCreated>({
  type: 'user.created',
  topic: 'user.created',
  kind: 'state',
  producer: 'user-service',
  key: (it) => it.id,
})
export class UserCreated extends UserState {}

/** Published when a user's profile, privacy settings or account status changes, after commit, by user-service. */
@Fact<UserUpdated>({
  type: 'user.updated',
  topic: 'user.updated',
  kind: 'state',
  producer: 'user-service',
  key: (it) => it.id,
})
export class UserUpdated extends UserState {}

/** Published when a user is erased for good (hiding an account is an update), after commit, by user-service. */
@Fact<UserDeleted>({
  type: 'user.deleted',
  topic: 'user.deleted',
  kind: 'state',
  producer: 'user-service',
  key: (it) => it.id,
  planned: 'accounts are hidden now; their erasure after a grace period, confirmed by every service, comes later',
})
export class UserDeleted {
  @IsUUID() id: string;
  @IsRFC3339() deletedAt: string;
}

/** Published when a user's e-mail address, its verification or the locale changes, after commit, by user-service. */
@Fact<ContactUpdated>({
  type: 'contact.updated',
  topic: 'contact',
  kind: 'state',
  producer: 'user-service',
  key: (it) => it.userId,
})
export class ContactUpdated {
  @IsUUID() userId: string;
  @Length(3, 320) email: string;
  @IsBoolean() emailVerified: boolean;
  @Nullable() @MaxLength(35) locale: string | null;
}

/** Published when a session ends before its tokens do, after commit, by user-service. */
@Fact<SessionRevoked>({
  type: 'session.revoked',
  topic: 'session',
  kind: 'stream',
  producer: 'user-service',
  key: (it) => it.sessionId,
})
export class SessionRevoked {
  @IsUUID() sessionId: string;
  @IsUUID() userId: string;
  @IsRFC3339() revokedAt: string;
  /** After this time every token of the session is refused anyway. */
  @IsRFC3339() tokensExpireAt: string;
}

/** The public half of an Ed25519 key, as in RFC 8037. */
export class PublicJwk {
  @IsIn(['OKP']) kty: 'OKP';
  @IsIn(['Ed25519']) crv: 'Ed25519';
  @Matches(/^[A-Za-z0-9_-]{43}$/) x: string;
}

/** Published when a key for access tokens is made, and again when its successor sets its end, after commit, by user-service. */
@Fact<SigningKeyPublished>({
  type: 'signing-key.published',
  topic: 'signing-key',
  kind: 'state',
  producer: 'user-service',
  key: (it) => it.kid,
})
export class SigningKeyPublished {
  @Length(1, 100) kid: string;
  @Nested(() => PublicJwk) publicJwk: PublicJwk;
  /** Well after the publication, so that every verifier knows the key before a token does. */
  @IsRFC3339() signsFrom: string;
  /** Null while the key has no successor. */
  @Nullable() @IsRFC3339() acceptedUntil: string | null;
}

/** Published when a user logs in, after commit, by user-service. */
@Fact<UserLoggedIn>({
  type: 'user-activity.logged-in',
  topic: 'user-activity',
  kind: 'stream',
  producer: 'user-service',
  key: (it) => it.userId,
})
export class UserLoggedIn {
  @IsUUID() userId: string;
  @IsUUID() sessionId: string;
  @IsRFC3339() loggedInAt: string;
}

/** Published when a user logs out, after commit, by user-service. */
@Fact<UserLoggedOut>({
  type: 'user-activity.logged-out',
  topic: 'user-activity',
  kind: 'stream',
  producer: 'user-service',
  key: (it) => it.userId,
})
export class UserLoggedOut {
  @IsUUID() userId: string;
  @IsUUID() sessionId: string;
  @IsRFC3339() loggedOutAt: string;
}
