import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CONFIG, TooMany } from '@plaza/service-kit';
import { DataSource, type EntityManager } from 'typeorm';
import type { UserConfig } from '../config.js';
import { databaseTime } from '../database-time.js';
import { type LoginFailures, oneMore, remainingMs } from './login-failures.js';

/** Who tries to log in as whom: counted alike whether or not there is such an account. */
export interface LoginAttempt {
  /** E-mail address or username, normalised. */
  login: string;
  network: string;
}

interface Row extends LoginFailures {
  now: Date;
}

const READ = `
  SELECT count, blocked_until AS "blockedUntil", clock_timestamp() AS now FROM login_failures WHERE key = $1`;

const WRITE = `
  INSERT INTO login_failures (key, count, blocked_until) VALUES ($1, $2, $3)
  ON CONFLICT (key) DO UPDATE SET count = excluded.count, blocked_until = excluded.blocked_until, updated_at = now()`;

/** Makes guessing slow: per account and network, so that nobody can lock somebody else out from elsewhere. */
@Injectable()
export class LoginThrottle {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: UserConfig,
  ) {}

  /** @returns whether there are failures to forget @throws TooMany LOGIN_THROTTLED */
  async refuseBlocked(attempt: LoginAttempt): Promise<boolean> {
    const [row] = await this.database.query<Row[]>(READ, [keyOf(attempt)]);
    const waitMs = row ? remainingMs(row, row.now) : 0;
    if (waitMs > 0) throw throttled(waitMs);
    return row !== undefined;
  }

  /**
   * Counts a failure, or refuses like an attempt that came too soon: of many guesses made at once no more are answered than
   * one after the other. @throws TooMany LOGIN_THROTTLED
   */
  async failed(attempt: LoginAttempt): Promise<void> {
    const key = keyOf(attempt);
    const waitMs = await this.database.transaction(async (manager) => {
      await lock(manager, key);
      const [before] = await manager.query<Row[]>(READ, [key]);
      const now = before?.now ?? (await databaseTime(manager));
      if (before && remainingMs(before, now) > 0) return remainingMs(before, now);
      const { count, blockedUntil } = oneMore(before, now, this.config.loginFailures);
      await manager.query(WRITE, [key, count, blockedUntil]);
      return 0;
    });
    if (waitMs > 0) throw throttled(waitMs);
  }

  /** The right password was given: what failed before was its owner. */
  async forget(attempt: LoginAttempt): Promise<void> {
    await this.database.query('DELETE FROM login_failures WHERE key = $1', [keyOf(attempt)]);
  }
}

async function lock(manager: EntityManager, key: Buffer): Promise<void> {
  await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('login_failures:' || $1, 0))", [
    key.toString('hex'),
  ]);
}

/** A hash: the table is of no use to anyone who wants to know who tries to log in. */
function keyOf({ login, network }: LoginAttempt): Buffer {
  return createHash('sha256').update(`${login}\0${network}`).digest();
}

function throttled(waitMs: number): TooMany {
  const retryAfter = Math.ceil(waitMs / 1_000);
  return new TooMany('LOGIN_THROTTLED', 'Too many failed log-ins; wait before the next.', { retryAfter });
}
