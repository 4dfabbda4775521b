import type { DatabaseTransaction } from '@plaza/kafka';
import type { UserCacheEntry } from './user-cache.entity.js';
import type { UserCacheStore } from './user-cache.store.js';
import type { ReceivedUser } from './user-change.js';

const longestWait = 2_000;
const pollEvery = 100;

/** What else a service writes when users change; the facts may be old ones, or come again. */
export type WriteAlongside = (transaction: DatabaseTransaction, users: readonly ReceivedUser[]) => Promise<void>;

interface Waiter {
  found(entry: UserCacheEntry): void;
  failed(error: unknown): void;
}

/** The users as this service knows them: a replica, so a row may be missing or older than the truth. */
export class UserCache {
  private readonly waiting = new Map<string, Set<Waiter>>();
  private readonly writes: WriteAlongside[] = [];
  private polling = false;

  constructor(private readonly store: UserCacheStore) {}

  /**
   * One user, or undefined. With `wait`, a user who is not there yet is waited for, at most 2 s: for rules that need the
   * row, because somebody who has just registered may be met before the fact of it arrives.
   */
  async find(id: string, { wait = false } = {}): Promise<UserCacheEntry | undefined> {
    const found = (await this.store.findMany([id])).get(id);
    return found || !wait ? found : this.waitFor(id);
  }

  /** The users that are known, by id. */
  findMany(ids: readonly string[]): Promise<Map<string, UserCacheEntry>> {
    return this.store.findMany(ids);
  }

  /** From now on `write` is called with all that is applied, within its transaction. */
  alongside(write: WriteAlongside): void {
    this.writes.push(write);
  }

  /** Applies facts within a consumer's transaction; call `arrived` once it has committed. */
  async apply(transaction: DatabaseTransaction, users: readonly ReceivedUser[]): Promise<void> {
    await this.store.apply(transaction, users);
    for (const write of this.writes) await write(transaction, users);
  }

  /** Wakes those who wait for these users. */
  arrived(ids: readonly string[]): void {
    const awaited = ids.filter((id) => this.waiting.has(id));
    if (awaited.length > 0) void this.look(awaited);
  }

  private waitFor(id: string): Promise<UserCacheEntry | undefined> {
    const waiters = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, waiters);
    return new Promise<UserCacheEntry | undefined>((resolve, reject) => {
      const waiter: Waiter = {
        found: (entry) => end(() => resolve(entry)),
        failed: (error) => end(() => reject(error)),
      };
      const timeout = setTimeout(() => end(() => resolve(undefined)), longestWait);
      const end = (settle: () => void) => {
        clearTimeout(timeout);
        this.leave(id, waiter);
        settle();
      };
      waiters.add(waiter);
      // The fact may have come between the first look and now.
      void this.look([id]);
      void this.poll();
    });
  }

  /** One poll for all who wait: another instance may apply the fact, and its commits aren't heard here. */
  private async poll(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    while (this.waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, pollEvery));
      await this.look([...this.waiting.keys()]);
    }
    this.polling = false;
  }

  private leave(id: string, waiter: Waiter): void {
    const waiters = this.waiting.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiting.delete(id);
  }

  private async look(ids: readonly string[]): Promise<void> {
    try {
      for (const [id, entry] of await this.store.findMany(ids)) this.tell(id, (waiter) => waiter.found(entry));
    } catch (error) {
      for (const id of ids) this.tell(id, (waiter) => waiter.failed(error));
    }
  }

  private tell(id: string, message: (waiter: Waiter) => void): void {
    for (const waiter of [...(this.waiting.get(id) ?? [])]) message(waiter);
  }
}
