import { ApiProperty } from '@nestjs/swagger';
import { type PresenceStatus, presenceStatuses } from '@plaza/contracts';
import type { UserCacheEntry } from '@plaza/user-cache';
import type { PresenceDocument } from '../storage/documents.js';

const time = { type: String, format: 'date-time', nullable: true } as const;
const status = { enum: presenceStatuses, enumName: 'PresenceStatus' } as const;

export class OwnPresenceView {
  @ApiProperty({ ...status, description: 'As I have chosen; OFFLINE: nobody sees that I am there' })
  status: PresenceStatus;
  @ApiProperty({ ...time, description: 'When I was last seen by others' }) lastSeenAt: string | null;
}

export class PresenceView {
  @ApiProperty({ format: 'uuid' }) userId: string;
  @ApiProperty(status) status: PresenceStatus;
  @ApiProperty({ ...time, description: 'null while the user is there, and where I may not know' })
  lastSeenAt: string | null;
}

export class PresencesView {
  @ApiProperty({ type: [PresenceView] }) items: PresenceView[];
}

type Seen = Pick<PresenceDocument, 'told' | 'last_seen_at'>;

/** What of somebody is shown to whom. */
export interface MayKnow {
  presence: boolean;
  lastSeen: boolean;
}

export function presenceView(userId: string, seen: Seen | undefined, may: MayKnow): PresenceView {
  if (!seen || !may.presence) return { userId, status: 'OFFLINE', lastSeenAt: null };
  const isSeen = may.lastSeen && seen.told === 'OFFLINE';
  return { userId, status: seen.told, lastSeenAt: (isSeen && seen.last_seen_at?.toISOString()) || null };
}

/** What somebody lets others know who share a conversation. */
export function mayKnow(user: Pick<UserCacheEntry, 'audience'> | undefined, areFriends: boolean): MayKnow {
  const { presence = true, lastSeen = 'EVERYONE' } = user?.audience ?? {};
  return { presence, lastSeen: lastSeen === 'EVERYONE' || (lastSeen === 'FRIENDS' && areFriends) };
}
