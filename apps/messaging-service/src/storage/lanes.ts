/**
 * Lets those who write the same conversation in this process go one after the other: their transactions would conflict, and
 * all but one be done again. Those of other processes still meet in the database, which keeps them apart.
 */
export class Lanes {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** Runs something once all that was begun before for any of the keys has ended, however it ended. */
  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = keys.map((key) => this.tails.get(key));
    const result = Promise.allSettled(before).then(work);
    const tail = result.catch(() => undefined);
    for (const key of keys) this.tails.set(key, tail);
    try {
      return await result;
    } finally {
      for (const key of keys) if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }

  /** Whether somebody is at it. */
  isBusy(key: string): boolean {
    return this.tails.has(key);
  }
}
