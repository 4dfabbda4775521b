/** How long each step of talking to PostgreSQL may take, in ms. */
export interface DatabaseTimeouts {
  /** Waiting for a free connection, or for a new one. */
  connect: number;
  statement: number;
  lock: number;
  idleInTransaction: number;
}

/** Within the 2.5 s that a request has. */
export const REQUEST_TIMEOUTS: DatabaseTimeouts = {
  connect: 1_000,
  statement: 2_000,
  lock: 1_000,
  idleInTransaction: 5_000,
};

/** Consumers, relay and jobs repeat what failed, so they may take longer; but 10 s after a silent network speaks again all must be well. */
export const BACKGROUND_TIMEOUTS: DatabaseTimeouts = {
  connect: 2_000,
  statement: 5_000,
  lock: 3_000,
  idleInTransaction: 10_000,
};

/** Migrations wait for one another and rewrite tables, but must not queue for long behind a lock that stops all others. */
export const MIGRATION_TIMEOUTS: DatabaseTimeouts = {
  connect: 5_000,
  statement: 0,
  lock: 30_000,
  idleInTransaction: 0,
};
