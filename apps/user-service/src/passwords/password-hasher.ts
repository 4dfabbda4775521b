import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { hash, type Options, parseOptions, verify } from '@node-rs/argon2';
import { CONFIG, requestContext, TooMany, Unavailable } from '@plaza/service-kit';
import type { UserConfig } from '../config.js';
import { FairQueue } from './fair-queue.js';

// Argon2id with OWASP's parameters; the library's enum is a const enum, which only its own compiler sees.
const ARGON2ID = 2;
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options;

/**
 * Hashes and checks passwords one at a time, so that a flood of log-ins takes at most one core.
 * Every check costs one hash, whether or not there is an account: its time tells nobody which.
 */
@Injectable()
export class PasswordHasher {
  private readonly queue: FairQueue<unknown>;
  private nobodys?: string;

  constructor(@Inject(CONFIG) config: Pick<UserConfig, 'hashingQueue'>) {
    this.queue = new FairQueue(config.hashingQueue, busy);
  }

  /**
   * Refuses at once what the queue would refuse, before anything else is spent on it.
   * @param owner the network that asks; it waits behind its own requests alone
   * @throws TooMany PASSWORD_CHECKS_BUSY
   */
  refuseWhenBusy(owner: string): void {
    if (this.queue.isFullFor(owner)) throw busy();
  }

  /** @throws TooMany PASSWORD_CHECKS_BUSY */
  async hash(owner: string, password: string): Promise<string> {
    return this.inTurn(owner, () => hash(normal(password), PARAMETERS));
  }

  /** True when the password is the one that was hashed; a hash of null is nobody's. @throws TooMany PASSWORD_CHECKS_BUSY */
  async matches(owner: string, password: string, hashed: string | null): Promise<boolean> {
    return this.inTurn(owner, async () => {
      this.nobodys ??= await hash(randomBytes(32), PARAMETERS);
      const right = await verify(hashed ?? this.nobodys, normal(password));
      return right && hashed !== null;
    });
  }

  /** True for a hash made with other parameters than today's: hash the password again while it is at hand. */
  isOutdated(hashed: string): boolean {
    const made = parseOptions(hashed);
    return Object.entries(PARAMETERS).some(([name, value]) => made[name as keyof typeof PARAMETERS] !== value);
  }

  private async inTurn<T>(owner: string, job: () => Promise<T>): Promise<T> {
    const deadline = requestContext()?.deadline ?? Number.POSITIVE_INFINITY;
    const result = await this.queue.run(owner, async () => {
      if (Date.now() > deadline) throw new Unavailable('DEADLINE_EXCEEDED', 'It took too long to get its turn.');
      return job();
    });
    return result as T;
  }
}

/** The same characters typed on another keyboard may be other code points. */
function normal(password: string): string {
  return password.normalize('NFKC');
}

function busy(): TooMany {
  return new TooMany('PASSWORD_CHECKS_BUSY', 'Too many passwords are being checked; try again in a moment.');
}
