import type { PublicJwk } from '@plaza/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { wholeNumber } from '../users/user.entity.js';

/** A key that signs access tokens: when it does, and until when what it signed is accepted. */
@Entity('signing_key_pairs')
export class SigningKeyPair {
  @PrimaryColumn('text') kid: string;
  @Column('jsonb', { name: 'public_jwk' }) publicJwk: PublicJwk;
  @Column('text', { name: 'sealed_private_jwk' }) sealedPrivateJwk: string;
  @Column('timestamptz', { name: 'signs_from' }) signsFrom: Date;
  /** Null while it has no successor. */
  @Column('timestamptz', { name: 'accepted_until', nullable: true }) acceptedUntil: Date | null;
  /** Version of its last signing-key.published fact. */
  @Column('bigint', { transformer: wholeNumber }) version: number;
  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' }) updatedAt: Date;
}
