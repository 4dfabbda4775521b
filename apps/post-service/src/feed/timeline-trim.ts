import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { BACKGROUND, ScheduledJobs } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { FeedLimits } from './feed-limits.js';
import { trimTimelines } from './trim-timelines.js';

const HOUR_MS = 3_600_000;
const AT_ONCE = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Keeps the timelines from growing. */
@Injectable()
export class TimelineTrim implements OnApplicationBootstrap {
  constructor(
    @Inject(BACKGROUND) private readonly database: DataSource,
    private readonly schedule: ScheduledJobs,
    private readonly limits: FeedLimits,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule.every('feed.trim', HOUR_MS, (signal) => this.run(signal));
  }

  /** One transaction for each timeline that is too long: none waits for another's. */
  async run(signal: AbortSignal): Promise<void> {
    const { database, limits } = this;
    for (let after: string | undefined = BEFORE_ALL; after !== undefined && !signal.aborted; ) {
      const users: Array<{ id: string; long: boolean }> = await database.query(NEXT, [
        after,
        AT_ONCE,
        limits.keptAtMost,
      ]);
      for (const { id } of users.filter(({ long }) => long)) await trimTimelines(database.manager, [id], limits);
      after = users.at(-1)?.id;
    }
  }
}

// From user to user by the index; a GROUP BY would read every entry before it gives the first.
const NEXT = `
  WITH RECURSIVE walk AS (
    (SELECT user_id, 1 AS n FROM timeline_entries WHERE user_id > $1 ORDER BY user_id LIMIT 1)
    UNION ALL
    SELECT next.user_id, n + 1 FROM walk CROSS JOIN LATERAL (
      SELECT user_id FROM timeline_entries WHERE user_id > walk.user_id ORDER BY user_id LIMIT 1) AS next
     WHERE n < $2
  )
  SELECT user_id AS id,
         EXISTS (SELECT FROM timeline_entries e WHERE e.user_id = walk.user_id ORDER BY position DESC OFFSET $3) AS long
    FROM walk ORDER BY user_id`;
