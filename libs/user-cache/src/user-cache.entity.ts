import { type AccountStatus, type PrivacyLevel, UserAudience } from '@plaza/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * What this service knows of a user, as of `version`. Of a deleted user only id and version are kept, so that a late
 * update revives nobody; the personal columns are null then.
 */
@Entity('user_cache')
export class UserCacheEntry {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text', { nullable: true })
  username: string | null;

  @Column('text', { name: 'display_name', nullable: true })
  displayName: string | null;

  @Column('text', { name: 'avatar_url', nullable: true })
  avatarUrl: string | null;

  @Column('boolean')
  verified: boolean;

  @Column('text', { name: 'privacy_level', nullable: true })
  privacyLevel: PrivacyLevel | null;

  @Column('text', { name: 'account_status', nullable: true })
  accountStatus: AccountStatus | null;

  @Column('jsonb', { nullable: true })
  audience: UserAudience | null;

  @Column('bigint', { transformer: { to: (version: number) => version, from: Number } })
  version: number;

  @Column('boolean')
  deleted: boolean;

  /** When this service last heard of a change, by its own database's clock. */
  @Column('timestamptz', { name: 'last_synced' })
  lastSynced: Date;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
