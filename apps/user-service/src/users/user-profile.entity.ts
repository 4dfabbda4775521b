import type { PrivacyLevel } from '@plaza/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { PrivacySettings } from './privacy-settings.js';

/** What a user tells of himself or herself, and to whom. One per account. */
@Entity('user_profiles')
export class UserProfile {
  @PrimaryColumn('uuid', { name: 'user_id' }) userId: string;
  @Column('text', { name: 'first_name', nullable: true }) firstName: string | null;
  @Column('text', { name: 'last_name', nullable: true }) lastName: string | null;
  @Column('text', { name: 'display_name' }) displayName: string;
  @Column('text', { nullable: true }) bio: string | null;
  @Column('text', { name: 'avatar_url', nullable: true }) avatarUrl: string | null;
  @Column('text', { name: 'cover_image_url', nullable: true }) coverImageUrl: string | null;
  /** `1990-12-31`: a day, without zone. */
  @Column('date', { name: 'birth_date', nullable: true }) birthDate: string | null;
  @Column('text', { nullable: true }) gender: string | null;
  @Column('text', { nullable: true }) location: string | null;
  @Column('text', { nullable: true }) website: string | null;
  @Column('text', { name: 'privacy_level', default: 'PUBLIC' }) privacyLevel: PrivacyLevel;
  @Column('boolean', { default: false }) verified: boolean;
  /** As it was written; read it through `privacyOf`, which fills in settings that are younger than the row. */
  @Column('jsonb', { name: 'privacy_settings' }) privacySettings: Partial<PrivacySettings>;
  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' }) updatedAt: Date;
}
