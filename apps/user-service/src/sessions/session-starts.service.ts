import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type AccountStatus, fact, UserLoggedIn } from '@plaza/contracts';
import { Outbox } from '@plaza/kafka';
import { CONFIG, type Role } from '@plaza/service-kit';
import type { EntityManager } from 'typeorm';
import type { UserConfig } from '../config.js';
import type { Sign } from '../signing-keys/access-tokens.js';
import { requireActive } from '../users/user.entity.js';
import { userNotFound } from '../users/user-row.js';
import type { Device } from './device.js';
import { newRefreshToken } from './refresh-token.js';
import { type TokensView, tokensView } from './sessions.view.js';
import { UserSession } from './user-session.entity.js';

export interface SessionStart {
  userId: string;
  device: Device;
  deviceName?: string;
  sign: Sign;
}

interface LoggedIn {
  role: Role;
  status: AccountStatus;
  now: Date;
}

// Inside WITH, so that the driver gives plain rows.
const LOG_IN = `
  WITH logged_in AS (
    UPDATE users SET last_login_at = now(), login_count = login_count + 1 WHERE id = $1
    RETURNING role, status, last_login_at AS now
  )
  SELECT * FROM logged_in`;

/** Starts sessions: with a log-in, and with a registration, which is the first. */
@Injectable()
export class SessionStarts {
  constructor(
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: UserConfig,
  ) {}

  /** Starts a session in the transaction of `manager`. @throws Forbidden where the account is not active */
  async start(manager: EntityManager, { userId, device, deviceName, sign }: SessionStart): Promise<TokensView> {
    const { role, now } = await logIn(manager, userId);
    const token = newRefreshToken(randomUUIDv7());
    const lifetimeMs = this.config.sessionLifetime;
    await manager.insert(
      UserSession,
      UserSession.start({ userId, token, device, deviceName: deviceName ?? null, now, lifetimeMs }),
    );
    const { sessionId } = token;
    await this.outbox.add(manager, fact(UserLoggedIn, { userId, sessionId, loggedInAt: now.toISOString() }));
    return tokensView(await sign({ id: userId, sessionId, role }), token);
  }
}

/** What the row says now decides: the account may have been suspended while the password was being checked. */
async function logIn(manager: EntityManager, userId: string): Promise<LoggedIn> {
  const [account] = await manager.query<LoggedIn[]>(LOG_IN, [userId]);
  if (!account) throw userNotFound();
  requireActive(account.status);
  return account;
}
