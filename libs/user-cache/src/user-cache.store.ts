import type { DatabaseTransaction } from '@plaza/kafka';
import type { UserCacheEntry } from './user-cache.entity.js';
import type { ReceivedUser } from './user-change.js';

/** Where the entries are kept. */
export interface UserCacheStore {
  findMany(ids: readonly string[]): Promise<Map<string, UserCacheEntry>>;
  /**
   * Applies facts in any order, duplicates included: each entry ends at the highest version it was ever given. Facts of
   * the same user at the same version are the same state.
   */
  apply(transaction: DatabaseTransaction, users: readonly ReceivedUser[]): Promise<void>;
}
