/** A session that ended before its access tokens do. */
export interface RevokedSession {
  readonly sessionId: string;
  readonly tokensExpireAt: Date;
}

const CAPACITY = 200_000;

/**
 * The sessions whose tokens are still running but no longer count, in this process; bounded.
 * When there are more than fit, the oldest are forgotten and every token that ends no later than theirs is refused as
 * expired: its owner refreshes it a few minutes early, and nobody who was thrown out gets back in.
 */
export class Revocations {
  private readonly expiryBySession = new Map<string, number>();
  private floor = 0;

  constructor(
    private readonly now: () => number = Date.now,
    private readonly capacity = CAPACITY,
  ) {}

  get size(): number {
    return this.expiryBySession.size;
  }

  /** Tokens that expire at or before this time (ms since 1970) are refused, whoever's they are. */
  get refusedUntil(): number {
    return this.floor;
  }

  has(sessionId: string): boolean {
    return this.expiryBySession.has(sessionId);
  }

  /** From now on the session's tokens are refused in this process. */
  add({ sessionId, tokensExpireAt }: RevokedSession): void {
    const expiry = tokensExpireAt.getTime();
    if (expiry <= this.now()) return;
    this.expiryBySession.set(sessionId, expiry);
    this.forgetExpired();
    if (this.expiryBySession.size > this.capacity) this.forgetOldest();
  }

  /** They come in the order in which they expire, nearly: looking at the first few is enough to keep up. */
  private forgetExpired(): void {
    for (const [sessionId, expiry] of this.expiryBySession) {
      if (expiry > this.now()) return;
      this.expiryBySession.delete(sessionId);
    }
  }

  private forgetOldest(): void {
    for (const [sessionId, expiry] of this.expiryBySession) {
      this.floor = Math.max(this.floor, expiry);
      this.expiryBySession.delete(sessionId);
      return;
    }
  }
}
