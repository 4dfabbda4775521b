import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { BACKGROUND, ScheduledJobs } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';

const HOUR_MS = 3_600_000;
const AT_ONCE = 10_000;

// The audit log keeps what matters of a session that is gone.
const DELETE_ENDED = `
  WITH ended AS (
    SELECT id FROM user_sessions WHERE expires_at < now() - interval '1 day' ORDER BY expires_at LIMIT ${AT_ONCE}
    FOR UPDATE SKIP LOCKED
  ), deleted AS (
    DELETE FROM user_sessions WHERE id IN (SELECT id FROM ended) RETURNING id
  )
  SELECT count(*)::int AS count FROM deleted`;

/** Deletes sessions that ended long ago by themselves; revoked ones are kept until they would have ended. */
@Injectable()
export class SessionCleanup implements OnApplicationBootstrap {
  constructor(
    @Inject(BACKGROUND) private readonly database: DataSource,
    private readonly schedule: ScheduledJobs,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule.every('sessions.cleanup', HOUR_MS, (signal) => this.run(signal));
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let deleted = AT_ONCE; deleted === AT_ONCE && !signal.aborted; ) {
      const [row] = await this.database.query<Array<{ count: number }>>(DELETE_ENDED);
      deleted = row?.count ?? 0;
    }
  }
}
