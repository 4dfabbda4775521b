import { timingSafeEqual } from 'node:crypto';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { Device } from './device.js';
import { hashOf, type RefreshToken, successorOf } from './refresh-token.js';

/** How long the token used last still gives its successor, for answers that were lost. */
export const REPEAT_MS = 10_000;

export type EndReason = 'LOGGED_OUT' | 'ENDED_BY_USER' | 'TOKEN_REUSED';

export interface NewSession {
  userId: string;
  token: RefreshToken;
  device: Device;
  deviceName: string | null;
  now: Date;
  lifetimeMs: number;
}

/** What presenting a refresh token comes to: `refused` says nothing, `reused` means that somebody has a copy. */
export type Refreshed = { outcome: 'refreshed'; token: RefreshToken } | { outcome: 'refused' } | { outcome: 'reused' };

/** One signed-in device, and what is needed to recognise its refresh tokens. */
@Entity('user_sessions')
export class UserSession {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'user_id' }) userId: string;
  @Column('bytea', { name: 'family_hash' }) familyHash: Buffer;
  @Column('bytea', { name: 'token_hash' }) tokenHash: Buffer;
  @Column('bytea', { name: 'previous_token_hash', nullable: true }) previousTokenHash: Buffer | null;
  @Column('bytea', { name: 'successor_salt', nullable: true }) successorSalt: Buffer | null;
  @Column('timestamptz', { name: 'rotated_at', nullable: true }) rotatedAt: Date | null;
  @Column('text', { name: 'device_name', nullable: true }) deviceName: string | null;
  @Column('text', { nullable: true }) ip: string | null;
  @Column('text', { name: 'user_agent', nullable: true }) userAgent: string | null;
  @Column('timestamptz', { name: 'last_used_at' }) lastUsedAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt: Date | null;
  @Column('text', { name: 'revoked_reason', nullable: true }) revokedReason: EndReason | null;
  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' }) updatedAt: Date;

  static start({ userId, token, device, deviceName, now, lifetimeMs }: NewSession): UserSession {
    return Object.assign(new UserSession(), {
      id: token.sessionId,
      userId,
      familyHash: hashOf(token.family),
      tokenHash: hashOf(token.secret),
      deviceName,
      ip: device.ip,
      userAgent: device.userAgent,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + lifetimeMs),
      createdAt: now,
    });
  }

  isOpen(now: Date): boolean {
    return !this.revokedAt && this.expiresAt > now;
  }

  /** Decides about a presented token; `salt` makes the successor if there is to be one. */
  refresh(token: RefreshToken, now: Date, salt: Buffer): Refreshed {
    if (!isHashOf(this.familyHash, token.family) || !this.isOpen(now)) return { outcome: 'refused' };
    if (isHashOf(this.tokenHash, token.secret)) return { outcome: 'refreshed', token: this.rotate(token, now, salt) };
    const repeated = this.successorAgain(token, now);
    return repeated ? { outcome: 'refreshed', token: repeated } : { outcome: 'reused' };
  }

  /** The device was seen: what the list of sessions shows, and the session lives on. */
  touch(device: Device, now: Date, lifetimeMs: number): void {
    this.ip = device.ip;
    this.userAgent = device.userAgent;
    this.lastUsedAt = now;
    this.expiresAt = new Date(now.getTime() + lifetimeMs);
  }

  end(reason: EndReason, now: Date): void {
    this.revokedAt = now;
    this.revokedReason = reason;
  }

  private rotate(token: RefreshToken, now: Date, salt: Buffer): RefreshToken {
    const successor = successorOf(token, salt);
    this.previousTokenHash = this.tokenHash;
    this.tokenHash = hashOf(successor.secret);
    this.successorSalt = salt;
    this.rotatedAt = now;
    return successor;
  }

  private successorAgain(token: RefreshToken, now: Date): RefreshToken | undefined {
    const { previousTokenHash, successorSalt, rotatedAt } = this;
    if (!previousTokenHash || !successorSalt || !rotatedAt) return undefined;
    const inTime = now.getTime() - rotatedAt.getTime() <= REPEAT_MS;
    return inTime && isHashOf(previousTokenHash, token.secret) ? successorOf(token, successorSalt) : undefined;
  }
}

function isHashOf(hash: Buffer, secret: Buffer): boolean {
  return timingSafeEqual(hash, hashOf(secret));
}
