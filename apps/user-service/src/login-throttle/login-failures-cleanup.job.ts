import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { BACKGROUND, ScheduledJobs } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { WINDOW_MS } from './login-failures.js';

/** Deletes failures that no longer count. */
@Injectable()
export class LoginFailuresCleanup implements OnApplicationBootstrap {
  constructor(
    @Inject(BACKGROUND) private readonly database: DataSource,
    private readonly schedule: ScheduledJobs,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule.every('login-failures.cleanup', WINDOW_MS, () => this.run());
  }

  async run(): Promise<void> {
    await this.database.query(`DELETE FROM login_failures WHERE blocked_until < now() - $1 * interval '1 ms'`, [
      2 * WINDOW_MS,
    ]);
  }
}
