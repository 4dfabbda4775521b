import { Injectable } from '@nestjs/common';
import { fact, SessionRevoked } from '@plaza/contracts';
import { Outbox } from '@plaza/kafka';
import { ACCESS_TOKEN_SECONDS, Revocations, type RevokedSession } from '@plaza/service-kit';
import type { EntityManager } from 'typeorm';
import { type EndReason, UserSession } from './user-session.entity.js';

/** For clocks that differ: better remembered for too long than for too short. */
const MARGIN_MS = 60_000;

/** Ends sessions: their refresh tokens with the row, their access tokens everywhere by a fact. */
@Injectable()
export class SessionEndings {
  constructor(
    private readonly outbox: Outbox,
    private readonly revocations: Revocations,
  ) {}

  /** Ends the session in the transaction of `manager`, in which its row is locked. Pass the result to `announce`. */
  async end(manager: EntityManager, session: UserSession, reason: EndReason, now: Date): Promise<RevokedSession> {
    session.end(reason, now);
    const tokensExpireAt = new Date(now.getTime() + ACCESS_TOKEN_SECONDS * 1_000 + MARGIN_MS);
    await manager.update(UserSession, { id: session.id }, { revokedAt: now, revokedReason: reason });
    await this.outbox.add(
      manager,
      fact(SessionRevoked, {
        sessionId: session.id,
        userId: session.userId,
        revokedAt: now.toISOString(),
        tokensExpireAt: tokensExpireAt.toISOString(),
      }),
    );
    return { sessionId: session.id, tokensExpireAt };
  }

  /** After the commit: this process need not wait for the fact to come back from Kafka. */
  announce(...revoked: RevokedSession[]): void {
    for (const session of revoked) this.revocations.add(session);
  }
}
