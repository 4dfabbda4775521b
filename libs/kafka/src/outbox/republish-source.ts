import type { EntityManager } from 'typeorm';

/** A current row of a state topic. */
export interface CurrentFact {
  /** Where the next page starts when this row is the last of its page. */
  cursor: string;
  fact: object;
  /** The version that the row carries. */
  version: number;
}

/**
 * Gives a state topic's current rows, so that the topic can be published anew from the tables. `Transaction`: what the
 * database's driver reads within (for MongoDB see `MongoRepublishSource`).
 */
export interface RepublishSource<Transaction = EntityManager> {
  topic: string;
  /**
   * At most `limit` rows in the order of their cursors, beginning after `after` (`null`: at the first). It may be called
   * twice for a page: to learn the keys, and again once they are locked.
   */
  read(transaction: Transaction, after: string | null, limit: number): Promise<CurrentFact[]>;
}
