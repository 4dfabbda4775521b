import { ApiProperty } from '@nestjs/swagger';
import { ACCESS_TOKEN_SECONDS } from '@plaza/service-kit';
import { type RefreshToken, writeToken } from './refresh-token.js';
import type { UserSession } from './user-session.entity.js';

export class TokensView {
  @ApiProperty({ description: 'For `Authorization: Bearer`' }) accessToken: string;
  @ApiProperty({ description: 'For one refresh; the answer has its successor' }) refreshToken: string;
  @ApiProperty({ type: 'integer', description: 'Seconds until the access token expires' }) expiresIn: number;
}

export class SessionView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: String, nullable: true }) deviceName: string | null;
  @ApiProperty({ type: String, nullable: true }) ip: string | null;
  @ApiProperty({ type: String, nullable: true }) userAgent: string | null;
  @ApiProperty({ description: 'Whether it is the session of this very request' }) current: boolean;
  @ApiProperty({ format: 'date-time' }) lastUsedAt: string;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
}

export function tokensView(accessToken: string, refreshToken: RefreshToken): TokensView {
  return { accessToken, refreshToken: writeToken(refreshToken), expiresIn: ACCESS_TOKEN_SECONDS };
}

export function sessionView(session: UserSession, currentId: string): SessionView {
  return {
    id: session.id,
    deviceName: session.deviceName,
    ip: session.ip,
    userAgent: session.userAgent,
    current: session.id === currentId,
    lastUsedAt: session.lastUsedAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    createdAt: session.createdAt.toISOString(),
  };
}
