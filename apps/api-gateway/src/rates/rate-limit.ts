import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** What is left of a limit after a request was counted. */
export interface RateState {
  readonly limit: RateLimit;
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until the count starts anew. */
  readonly resetIn: number;
}

export interface RateLimitOptions {
  /** As it stands in the `RateLimit` header. */
  name: string;
  /** Requests per window. */
  quota: number;
  /** Most clients that are counted at a time; past it the one that came longest ago is forgotten. */
  capacity: number;
}

const WINDOW_SECONDS = 60;

/** A limit per minute and client, counted in this process, in bounded memory. */
export class RateLimit {
  readonly name: string;
  readonly quota: number;
  readonly window = WINDOW_SECONDS;
  private readonly limiter: RateLimiterMemory;
  /** In the order in which they came. */
  private readonly clients = new Set<string>();

  constructor(private readonly options: RateLimitOptions) {
    this.name = options.name;
    this.quota = options.quota;
    this.limiter = new RateLimiterMemory({ points: options.quota, duration: WINDOW_SECONDS });
  }

  /** Counts one request of a client. */
  async take(client: string): Promise<RateState> {
    if (!this.clients.has(client)) await this.remember(client);
    try {
      return this.stateOf(await this.limiter.consume(client), true);
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return this.stateOf(refused, false);
      throw refused;
    }
  }

  /** Takes back what was counted last for a client. */
  async giveBack(client: string): Promise<void> {
    await this.limiter.reward(client);
  }

  private stateOf({ remainingPoints, msBeforeNext }: RateLimiterRes, allowed: boolean): RateState {
    return { limit: this, allowed, remaining: remainingPoints, resetIn: Math.max(1, Math.ceil(msBeforeNext / 1_000)) };
  }

  private async remember(client: string): Promise<void> {
    this.clients.add(client);
    if (this.clients.size <= this.options.capacity) return;
    const [oldest = client] = this.clients;
    this.clients.delete(oldest);
    await this.limiter.delete(oldest);
  }
}

/**
 * The header fields for what was counted (draft-ietf-httpapi-ratelimit-headers-10): the policies, a quota `q` per window
 * of `w` seconds, and of each what remains (`r`) and the seconds until it starts anew (`t`).
 */
export function rateHeaders(states: readonly RateState[]): { 'ratelimit-policy': string; ratelimit: string } {
  return {
    'ratelimit-policy': states.map(({ limit }) => `"${limit.name}";q=${limit.quota};w=${limit.window}`).join(', '),
    ratelimit: states.map(({ limit, remaining, resetIn }) => `"${limit.name}";r=${remaining};t=${resetIn}`).join(', '),
  };
}
