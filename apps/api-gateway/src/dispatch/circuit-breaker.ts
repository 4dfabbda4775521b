export interface CircuitBreakerOptions {
  /** Failures in a row that open it. */
  failures: number;
  /** Milliseconds for which it then stays open. */
  pause: number;
  now?: () => number;
}

/** `probe`: the one request by which a service that failed is tried again. */
export type Pass = 'pass' | 'probe';
export type Outcome = 'answered' | 'failed' | 'unknown';

/**
 * Keeps requests from waiting for a service that does not answer. After some failures in a row it is open: nothing is
 * let through for a while. Then it is half open: one request is, and decides. Only what says that nobody is there counts
 * as a failure; an answer is an answer, a 500 too.
 */
export class CircuitBreaker {
  private failuresInARow = 0;
  /** Not closed while this is set; half open once it has passed. */
  private openUntil?: number;
  private probing = false;
  private readonly now: () => number;

  constructor(private readonly options: CircuitBreakerOptions) {
    this.now = options.now ?? Date.now;
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.openUntil === undefined) return 'closed';
    return this.now() < this.openUntil ? 'open' : 'half-open';
  }

  /** Seconds after which asking again makes sense. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil(((this.openUntil ?? 0) - this.now()) / 1_000));
  }

  /** Lets a request through, whose outcome must be reported, or not: undefined. */
  admit(): Pass | undefined {
    const { state } = this;
    if (state === 'closed') return 'pass';
    if (state === 'open' || this.probing) return undefined;
    this.probing = true;
    return 'probe';
  }

  /** Says how a request that was let through ended. Returns the state if that changed it. */
  report(pass: Pass, outcome: Outcome): 'opened' | 'closed' | undefined {
    if (pass === 'probe') this.probing = false;
    if (outcome === 'unknown') return undefined;
    return outcome === 'answered' ? this.close() : this.fail(pass);
  }

  private close(): 'closed' | undefined {
    const changed = this.openUntil !== undefined;
    this.failuresInARow = 0;
    this.openUntil = undefined;
    return changed ? 'closed' : undefined;
  }

  private fail(pass: Pass): 'opened' | undefined {
    this.failuresInARow += 1;
    const alreadyOpen = this.openUntil !== undefined && pass === 'pass';
    if (alreadyOpen || (pass === 'pass' && this.failuresInARow < this.options.failures)) return undefined;
    this.openUntil = this.now() + this.options.pause;
    return 'opened';
  }
}
