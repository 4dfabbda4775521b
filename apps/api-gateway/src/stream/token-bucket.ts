/** So many at once, and so many a second in the long run. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  /** @param perSecond in the long run; @param burst at once; @param now ms */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    now: number,
  ) {
    this.tokens = burst;
    this.filledAt = now;
  }

  /** Takes one; false when there is none. */
  take(now: number): boolean {
    const gained = ((now - this.filledAt) / 1_000) * this.perSecond;
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, gained));
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
