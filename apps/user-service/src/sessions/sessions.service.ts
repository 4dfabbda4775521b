import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { fact, UserLoggedOut } from '@plaza/contracts';
import { Outbox } from '@plaza/kafka';
import {
  Cursors,
  mapPage,
  NotFound,
  type Page,
  type PageQuery,
  page,
  type RevokedSession,
  type TokenUser,
  transaction,
} from '@plaza/service-kit';
import { DataSource, type EntityManager } from 'typeorm';
import { databaseTime } from '../database-time.js';
import { lockSession } from './locked-session.js';
import { SessionEndings } from './session-endings.js';
import { type SessionView, sessionView } from './sessions.view.js';
import { UserSession } from './user-session.entity.js';

/** A user's own sessions: which there are, and ending them. */
@Injectable()
export class SessionsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly outbox: Outbox,
    private readonly endings: SessionEndings,
    private readonly cursors: Cursors,
  ) {}

  /** Ends the session of the request. */
  async logOut(me: TokenUser): Promise<void> {
    const ended = await transaction(this.database, async (manager) => {
      const locked = await lockSession(manager, me.sessionId);
      if (!locked?.session.isOpen(locked.now)) return undefined;
      const revoked = await this.endings.end(manager, locked.session, 'LOGGED_OUT', locked.now);
      const loggedOutAt = locked.now.toISOString();
      await this.outbox.add(manager, fact(UserLoggedOut, { userId: me.id, sessionId: me.sessionId, loggedOutAt }));
      return revoked;
    });
    if (ended) this.endings.announce(ended);
  }

  /** The open sessions, the newest first. @throws Malformed CURSOR_INVALID */
  async list(me: TokenUser, { limit, cursor }: PageQuery): Promise<Page<SessionView>> {
    const list = `sessions:${me.id}`;
    const [before = null] = this.cursors.decode(list, cursor) ?? [];
    const sessions = await openSessions(this.database.manager, me.id)
      .andWhere('(:before::uuid IS NULL OR s.id < :before)', { before })
      .orderBy('s.id', 'DESC')
      .limit(limit + 1)
      .getMany();
    const found = page(sessions, limit, (last) => this.cursors.encode(list, [last.id]));
    return mapPage(found, (session) => sessionView(session, me.sessionId));
  }

  /** Ends one; ending it again changes nothing. @throws NotFound SESSION_NOT_FOUND */
  async end(me: TokenUser, id: string): Promise<void> {
    const ended = await transaction(this.database, async (manager) => {
      const locked = await lockSession(manager, id);
      if (locked?.session.userId !== me.id) throw new NotFound('SESSION_NOT_FOUND', 'There is no such session.');
      if (!locked.session.isOpen(locked.now)) return undefined;
      return this.endings.end(manager, locked.session, 'ENDED_BY_USER', locked.now);
    });
    if (ended) this.endings.announce(ended);
  }

  /** Ends all but the one of the request. */
  async endOthers(me: TokenUser): Promise<void> {
    const ended = await transaction(this.database, async (manager) => {
      // Locked in the order of their ids, so that two of these can't wait for each other.
      const others = await openSessions(manager, me.id)
        .andWhere('s.id <> :current', { current: me.sessionId })
        .orderBy('s.id')
        .setLock('pessimistic_write')
        .getMany();
      const now = await databaseTime(manager);
      const revoked: RevokedSession[] = [];
      for (const session of others) revoked.push(await this.endings.end(manager, session, 'ENDED_BY_USER', now));
      return revoked;
    });
    this.endings.announce(...ended);
  }
}

function openSessions(manager: EntityManager, userId: string) {
  return manager
    .createQueryBuilder(UserSession, 's')
    .where('s.userId = :userId AND s.revokedAt IS NULL AND s.expiresAt > clock_timestamp()', { userId });
}
