import type { AccountStatus } from '@plaza/contracts';
import { Forbidden, type Role } from '@plaza/service-kit';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn, type ValueTransformer } from 'typeorm';

/** bigint arrives as text; ours stay far below 2^53. */
export const wholeNumber: ValueTransformer = { from: Number, to: (value: number) => value };

/** An account: who may sign in, and as what. What others see is in UserProfile. */
@Entity('users')
export class User {
  @PrimaryColumn('uuid') id: string;
  /** In lower case. */
  @Column('text') email: string;
  /** In lower case. */
  @Column('text') username: string;
  /** Null: signs in elsewhere (OAuth) alone. */
  @Column('text', { name: 'password_hash', nullable: true }) passwordHash: string | null;
  @Column('text', { nullable: true }) phone: string | null;
  @Column('boolean', { name: 'phone_verified', default: false }) phoneVerified: boolean;
  @Column('boolean', { name: 'email_verified', default: false }) emailVerified: boolean;
  @Column('text', { default: 'ACTIVE' }) status: AccountStatus;
  @Column('text', { default: 'USER' }) role: Role;
  @Column('timestamptz', { name: 'last_login_at', nullable: true }) lastLoginAt: Date | null;
  @Column('timestamptz', { name: 'last_seen_at', nullable: true }) lastSeenAt: Date | null;
  @Column('integer', { name: 'login_count', default: 0 }) loginCount: number;
  /** Version of the last user.* fact. */
  @Column('bigint', { transformer: wholeNumber }) version: number;
  /** Version of the last contact.updated fact. */
  @Column('bigint', { name: 'contact_version', transformer: wholeNumber }) contactVersion: number;
  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' }) updatedAt: Date;
}

/** @throws Forbidden ACCOUNT_SUSPENDED, ACCOUNT_DEACTIVATED, ACCOUNT_DELETED */
export function requireActive(status: AccountStatus): void {
  if (status !== 'ACTIVE') throw new Forbidden(`ACCOUNT_${status}`, `The account is ${status.toLowerCase()}.`);
}
