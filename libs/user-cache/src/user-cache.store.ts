import type { UserCacheEntry } from './user-cache.entity.js';
import type { ReceivedUser } from './user-change.js';

/** Where the entries are kept. `Transaction` is what the database's driver needs to write within one. */
export interface UserCacheStore<Transaction> {
  findMany(ids: readonly string[]): Promise<Map<string, UserCacheEntry>>;
  /**
   * Applies facts in any order, duplicates included: each entry ends at the highest version it was ever given. Facts of
   * the same user at the same version are the same state.
   */
  apply(transaction: Transaction, users: readonly ReceivedUser[]): Promise<void>;
}
