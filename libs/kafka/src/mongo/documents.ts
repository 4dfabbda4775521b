import type { Collection, Db } from 'mongodb';
import { durable } from './transaction.js';

/** A fact in the outbox; `_id` is the fact's id. */
export interface OutboxDocument {
  _id: string;
  /** Without prefix. */
  topic: string;
  key: string;
  type: string;
  /** Its place among the facts of its key: it rises in the order of their commits. */
  clock: number;
  version: number;
  /** JSON. */
  payload: string;
  traceparent: string | null;
  snapshot: boolean;
  /** FAILED: Kafka refuses it for what it is, and what follows with its key waits. */
  state: 'WAITING' | 'FAILED' | 'PUBLISHED';
  failed_reason: string | null;
  created_at: Date;
  published_at: Date | null;
  kafka_partition: number | null;
  kafka_offset: number | null;
}

/** The clock of a key, and when it was last needed. */
export interface KeyDocument {
  _id: string;
  clock: number;
  used_at: Date;
}

/** The lease of the relay, with what belongs to its holder. */
export interface LeaseDocument {
  _id: 'outbox';
  holder: string;
  epoch: number;
  until: Date;
  cluster_id: string | null;
  marked_at: Date | null;
}

/** How far Kafka has acknowledged a partition; kept apart from the outbox, whose rows are gone after a week. */
export interface AcknowledgedDocument {
  _id: string;
  topic: string;
  kafka_partition: number;
  kafka_offset: number;
}

/** A state topic that is to be published anew; `_id` is its name. */
export interface RepublishDocument {
  _id: string;
  cursor: string | null;
  requested_at: Date;
}

/** Changed to wake the holder of the lease in another process. */
export interface WakeDocument {
  _id: 'outbox';
  count: number;
}

/** The collections of the outbox and its relay. Within a transaction their own concerns do not count, the transaction's do. */
export const outboxCollections = {
  outbox: (db: Db): Collection<OutboxDocument> => db.collection('outbox', durable),
  keys: (db: Db): Collection<KeyDocument> => db.collection('outbox_keys', durable),
  lease: (db: Db): Collection<LeaseDocument> => db.collection('relay_lease', durable),
  acknowledged: (db: Db): Collection<AcknowledgedDocument> => db.collection('relay_acknowledged', durable),
  republish: (db: Db): Collection<RepublishDocument> => db.collection('relay_republish', durable),
  // Journaled at once: a change stream tells what has reached the journals, which happens every 100 ms otherwise.
  wakes: (db: Db): Collection<WakeDocument> => db.collection('relay_wakes', { writeConcern: { w: 1, journal: true } }),
};
