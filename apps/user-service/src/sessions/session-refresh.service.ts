import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CONFIG, type RevokedSession, transaction, Unauthenticated } from '@plaza/service-kit';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/audit-log.js';
import type { UserConfig } from '../config.js';
import { AccessTokens, type Sign } from '../signing-keys/access-tokens.js';
import { requireActive } from '../users/user.entity.js';
import type { Device } from './device.js';
import { type LockedSession, lockSession } from './locked-session.js';
import { newSalt, type RefreshToken, readToken } from './refresh-token.js';
import { SessionEndings } from './session-endings.js';
import { type TokensView, tokensView } from './sessions.view.js';
import { UserSession } from './user-session.entity.js';

/** What a presented token came to; neither: it was no good. */
interface Presented {
  tokens?: TokensView;
  ended?: RevokedSession;
}

/** Exchanges a refresh token for its successor, and ends the session of one that was used before. */
@Injectable()
export class SessionRefresh {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: UserConfig,
    private readonly accessTokens: AccessTokens,
    private readonly endings: SessionEndings,
    private readonly audit: AuditLog,
  ) {}

  /** @throws Unauthenticated REFRESH_TOKEN_INVALID; Forbidden where the account is not active */
  async refresh(text: string, device: Device): Promise<TokensView> {
    const token = readToken(text);
    if (!token) throw refused();
    const sign = await this.accessTokens.signer();
    // A used token is refused by the answer, not by an error: what it leads to has to be committed.
    const { tokens, ended } = await transaction(this.database, async (manager): Promise<Presented> => {
      const locked = await lockSession(manager, token.sessionId);
      return locked ? this.present(manager, { token, device, sign, ...locked }) : {};
    });
    if (ended) this.endings.announce(ended);
    if (!tokens) throw refused();
    return tokens;
  }

  private async present(manager: EntityManager, request: Presentation): Promise<Presented> {
    const { session, token, now, device, sign, role } = request;
    const refreshed = session.refresh(token, now, newSalt());
    if (refreshed.outcome === 'refused') return {};
    if (refreshed.outcome === 'reused') return { ended: await this.endReused(manager, request) };
    requireActive(request.status);
    session.touch(device, now, this.config.sessionLifetime);
    await saveRotation(manager, session);
    const user = { id: session.userId, sessionId: session.id, role };
    return { tokens: tokensView(await sign(user), refreshed.token) };
  }

  private async endReused(manager: EntityManager, { session, now, device }: Presentation): Promise<RevokedSession> {
    const ended = await this.endings.end(manager, session, 'TOKEN_REUSED', now);
    await this.audit.append(manager, {
      actorId: session.userId,
      action: 'REFRESH_TOKEN_REUSED',
      resourceType: 'session',
      resourceId: session.id,
      details: { userAgent: device.userAgent },
      ip: device.ip,
    });
    return ended;
  }
}

interface Presentation extends LockedSession {
  token: RefreshToken;
  device: Device;
  sign: Sign;
}

async function saveRotation(manager: EntityManager, session: UserSession): Promise<void> {
  const { tokenHash, previousTokenHash, successorSalt, rotatedAt, ip, userAgent, lastUsedAt, expiresAt } = session;
  const changes = { tokenHash, previousTokenHash, successorSalt, rotatedAt, ip, userAgent, lastUsedAt, expiresAt };
  await manager.update(UserSession, { id: session.id }, changes);
}

function refused(): Unauthenticated {
  return new Unauthenticated('REFRESH_TOKEN_INVALID', 'The refresh token is not valid any more; log in again.');
}
