import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ScheduledJobs } from '@plaza/service-kit';
import { SigningKeyPairs } from './signing-key-pairs.service.js';

const EVERY_MS = 60_000;

/** Sees to it that there is always a key, and that its successor is made in time. */
@Injectable()
export class KeyRotationJob implements OnApplicationBootstrap {
  constructor(
    private readonly pairs: SigningKeyPairs,
    private readonly schedule: ScheduledJobs,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.schedule.every('signing-keys.rotate', EVERY_MS, () => this.pairs.rotate());
    await this.pairs.rotate();
    // A service that can't sign should say so now, not to the first who logs in.
    await this.pairs.current();
  }
}
