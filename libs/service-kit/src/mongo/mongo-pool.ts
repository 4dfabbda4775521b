import type { Db } from 'mongodb';
import type { PoolState } from '../database/pool.js';

/** Counts a client's connections as its pool tells of them, from before the first one is made. */
export function watchPool({ client }: Db): () => PoolState {
  const now = { total: 0, busy: 0, waiting: 0 };
  client.on('connectionCreated', () => (now.total += 1));
  client.on('connectionClosed', () => (now.total -= 1));
  client.on('connectionCheckOutStarted', () => (now.waiting += 1));
  client.on('connectionCheckOutFailed', () => (now.waiting -= 1));
  client.on('connectionCheckedOut', () => {
    now.waiting -= 1;
    now.busy += 1;
  });
  client.on('connectionCheckedIn', () => (now.busy -= 1));
  return () => ({ idle: now.total - now.busy, busy: now.busy, waiting: now.waiting });
}
