import { fact } from '@plaza/contracts';
import type { Kafka } from 'kafkajs';
import type { KafkaLink } from '../src/kafka-link.js';
import type { Republisher } from '../src/outbox/republish.js';
import type { ProducingOptions } from '../src/producing.js';
import type { LeaseStore } from '../src/relay/lease.js';
import type { Relay } from '../src/relay/relay.js';
import { NoteKept } from './note.facts.js';

/** One instance of a service on a database: its own pool, outbox and relay. */
export interface Producer {
  relay: Relay;
  republisher: Republisher;
  backlog(): Promise<number>;
  /** Adds a fact in a transaction of its own. Returns its version. */
  add(fact: object): Promise<number>;
  /** The same in a transaction that stays open for a while, and then may be rolled back. */
  addSlowly(fact: object, o?: { milliseconds?: number; thenThrow?: string }): Promise<void>;
  /** Changes the note in the table and says so, in one transaction. */
  keep(note: string, number: number): Promise<void>;
  close(): Promise<void>;
}

/** A row of the outbox or of the table of notes, as each database says it. */
export interface KeptNote {
  note: string;
  number: number;
  version: string;
}

/** A database with an outbox and a table of notes, as the tests look at it past the outbox's own code. */
export interface Notes {
  readonly url: string;
  producer(
    options: ProducingOptions,
    kafka: Kafka,
    link: KafkaLink,
    o?: { afterRead?: () => Promise<void> },
  ): Promise<Producer>;
  leases(): LeaseStore;
  /** How many facts and requests wait, those aside that have failed. */
  waiting(): Promise<number>;
  /** Who holds the lease now; empty: nobody. */
  holder(): Promise<string>;
  /** How many facts the outbox holds. */
  facts(): Promise<number>;
  placeOf(key: string): Promise<{ factId: string; partition: number; offset: string }>;
  /** In the order of the facts. */
  failed(): Promise<Array<{ key: string; reason: string }>>;
  mendFailed(payload: object): Promise<void>;
  forget(keys: string[]): Promise<void>;
  /** Notes `row-00001` to `count`, each with its number and ten times that as version, of which no fact was made. */
  fill(count: number): Promise<void>;
  spoil(note: string): Promise<void>;
  kept(): Promise<KeptNote[]>;
  stop(): Promise<void>;
}

/** The state that `keep` tells. */
export function noteKept(note: string, number: number): NoteKept {
  return fact(NoteKept, { note, number });
}
