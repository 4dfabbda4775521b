interface Waiting<T> {
  run(): Promise<T>;
  resolve(value: T | PromiseLike<T>): void;
  reject(error: unknown): void;
}

/**
 * Runs jobs one at a time and lets a bounded number wait, for each owner in turn: whoever floods waits behind himself.
 * When it is full, the job that waited least of the owner with the most gives way to one of an owner with fewer.
 */
export class FairQueue<T> {
  private readonly waiting = new Map<string, Waiting<T>[]>();
  private size = 0;
  private running = false;

  /** @param refused makes the error for a job that found no place or lost it */
  constructor(
    private readonly capacity: number,
    private readonly refused: () => Error,
  ) {}

  /** True when a job of this owner would be refused now. */
  isFullFor(owner: string): boolean {
    return this.size >= this.capacity && !this.mayDisplace(owner);
  }

  /** Gives what the job gave, once it had its turn. */
  run(owner: string, job: () => Promise<T>): Promise<T> {
    if (this.isFullFor(owner)) return Promise.reject(this.refused());
    if (this.size >= this.capacity) this.displace();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const jobs = this.waiting.get(owner) ?? [];
    jobs.push({ run: job, resolve, reject });
    this.waiting.set(owner, jobs);
    this.size += 1;
    if (!this.running) void this.drain();
    return promise;
  }

  private async drain(): Promise<void> {
    this.running = true;
    for (let next = this.take(); next; next = this.take()) {
      await next.run().then(next.resolve, next.reject);
    }
    this.running = false;
  }

  /** The first job of the owner whose turn it is; who has more goes to the end of the line. */
  private take(): Waiting<T> | undefined {
    for (const [owner, jobs] of this.waiting) {
      const next = jobs.shift();
      this.waiting.delete(owner);
      if (jobs.length > 0) this.waiting.set(owner, jobs);
      this.size -= 1;
      return next;
    }
    return undefined;
  }

  private mayDisplace(owner: string): boolean {
    return this.busiest().jobs.length > (this.waiting.get(owner)?.length ?? 0) + 1;
  }

  private displace(): void {
    const { owner, jobs } = this.busiest();
    jobs.pop()?.reject(this.refused());
    if (jobs.length === 0) this.waiting.delete(owner);
    this.size -= 1;
  }

  private busiest(): { owner: string; jobs: Waiting<T>[] } {
    let most = { owner: '', jobs: [] as Waiting<T>[] };
    for (const [owner, jobs] of this.waiting) {
      if (jobs.length > most.jobs.length) most = { owner, jobs };
    }
    return most;
  }
}
