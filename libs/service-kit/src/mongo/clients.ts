import { durable } from '@plaza/kafka';
import type { Db, MongoClientOptions } from 'mongodb';

/** How long each step of talking to MongoDB may take, in ms. */
interface ClientLimits {
  /** One operation, with all that the driver repeats of it. */
  timeoutMS?: number;
  /** Of that: waiting for a server and for a free connection. */
  serverSelectionTimeoutMS: number;
}

/** Within the 2.5 s that a request has. */
export const REQUEST_LIMITS: ClientLimits = { timeoutMS: 2_000, serverSelectionTimeoutMS: 1_000 };

/** Consumers, relay and jobs repeat what failed, so they may take longer. */
export const BACKGROUND_LIMITS: ClientLimits = { timeoutMS: 5_000, serverSelectionTimeoutMS: 2_000 };

/** To build an index takes as long as it takes. */
export const MIGRATION_LIMITS: ClientLimits = { serverSelectionTimeoutMS: 2_000 };

/** The `Db` that a URL names, through a client of its own (`db.client`). It connects when it is first used. */
export async function clientFor(
  url: string,
  options: ClientLimits & { appName: string; maxPoolSize: number },
): Promise<Db> {
  // Only here, so that a service with another database does not load the driver.
  const { MongoClient } = await import('mongodb');
  return new MongoClient(url, { ...common, ...options }).db();
}

const common: MongoClientOptions = {
  ...durable,
  ignoreUndefined: true,
  // For operations that are given no `timeoutMS`; the others' limits hold for this as well.
  waitQueueTimeoutMS: 1_000,
  // A new connection, and an answer to the driver's own look at the server: how soon it sees that the network is silent.
  connectTimeoutMS: 2_000,
  heartbeatFrequencyMS: 5_000,
};
