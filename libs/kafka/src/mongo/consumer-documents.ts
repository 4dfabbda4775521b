import type { Collection, Db } from 'mongodb';
import type { KeyOfConsumer, ParkedState } from '../dead-letters/store.js';
import { durable } from './transaction.js';

/** How far a consumer has come in a partition; `_id` by `positionId`. */
export interface PositionDocument {
  _id: string;
  consumer: string;
  topic: string;
  kafka_partition: number;
  next_offset: number;
  cluster_id: string;
  updated_at: Date;
}

/** A fact that a consumer has applied; `_id` is the consumer's name and the fact's id. */
export interface MarkDocument {
  _id: string;
  consumer: string;
  topic: string;
  kafka_partition: number;
  kafka_offset: number;
  cluster_id: string;
  marked_at: Date;
}

/** A key whose facts go to the dead letters; `_id` by `parkedId`. */
export interface ParkedDocument extends KeyOfConsumer {
  _id: string;
  state: ParkedState;
  attempts: number;
  next_try_at: Date;
  reason: string;
  parked_at: Date;
  /** Letters that there ever were: each gets the next number as its place. */
  letters: number;
  /** Counted up to have a transaction conflict with others of this key. */
  locks: number;
}

/** A fact of a parked key. */
export interface LetterDocument extends KeyOfConsumer {
  _id: string;
  /** Id of the key's document. */
  parked: string;
  /** Its place among the letters of the key. */
  place: number;
  kafka_partition: number;
  kafka_offset: number;
  cluster_id: string;
  type: string;
  /** JSON: names of headers may have dots. */
  headers: string;
  payload: Buffer;
  reason: string;
  parked_at: Date;
  /** The UUIDs in key and payload, lower case: whom it may be about. */
  mentions: string[];
}

/** What the consumers of a service keep. */
export const consumerCollections = {
  positions: (db: Db): Collection<PositionDocument> => db.collection('consumer_positions', durable),
  inbox: (db: Db): Collection<MarkDocument> => db.collection('inbox', durable),
  parked: (db: Db): Collection<ParkedDocument> => db.collection('parked_keys', durable),
  letters: (db: Db): Collection<LetterDocument> => db.collection('dead_letters', { ...durable, promoteBuffers: true }),
};

// No name of a consumer or a topic has a slash in it.

export function positionId(at: { consumer: string; topic: string; partition: number }): string {
  return `${at.consumer}/${at.topic}/${at.partition}`;
}

export function parkedId({ consumer, topic, key }: KeyOfConsumer): string {
  return `${consumer}/${topic}/${key}`;
}
