/** From how many keys on those that are over are looked for. */
const SWEPT_FROM = 10_000;

/** Lets something happen once in a while for each key, in memory: after a restart, and in another process, once more. */
export class Recently {
  private readonly last = new Map<string, number>();
  private sweptAt = 0;

  constructor(private readonly everyMs: number) {}

  /** Whether it may happen now; then not again for a while. */
  may(key: string, now: number): boolean {
    if (now - (this.last.get(key) ?? Number.NEGATIVE_INFINITY) < this.everyMs) return false;
    this.sweep(now);
    this.last.set(key, now);
    return true;
  }

  get size(): number {
    return this.last.size;
  }

  private sweep(now: number): void {
    if (this.last.size < SWEPT_FROM || now - this.sweptAt < this.everyMs) return;
    this.sweptAt = now;
    for (const [key, at] of this.last) if (now - at >= this.everyMs) this.last.delete(key);
  }
}
