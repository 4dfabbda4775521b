import type { Db } from 'mongodb';
import type { DataSource } from 'typeorm';
import type { FactContext } from '../src/consumer/context.js';

/** The pool that an instance of a service is given. */
export interface LedgerPool {
  database: DataSource | Db;
  close(): Promise<void>;
}

export interface ParkedRow {
  key: string;
  state: string;
  attempts: number;
}

/** A database with the consumers' tables and one in which handlers write down what they applied. */
export interface Ledger {
  readonly url: string;
  pool(): Promise<LedgerPool>;
  /** The steps in the order in which they were written. */
  applied(consumer: string, key?: string): Promise<number[]>;
  clearApplied(): Promise<void>;
  positions(consumer: string): Promise<Array<{ topic: string; partition: number; offset: string; clusterId: string }>>;
  /** In the order of the keys. */
  parkedKeys(): Promise<ParkedRow[]>;
  /** As if an earlier fact of the key had been parked. */
  park(consumer: string, topic: string, key: string): Promise<void>;
  /** What is in the outbox: topic, key, type, payload. */
  announced(): Promise<unknown[]>;
  /** Partition and offset of each mark. */
  marks(): Promise<Array<{ partition: number; offset: string }>>;
  /** A mark of `parcel` in partition 0, so many days old. */
  mark(consumer: string, o: { offset: number; days: number; clusterId: string }): Promise<void>;
  movePositions(offset: number): Promise<void>;
  /** Makes dead letters 31 days old: those with this payload, or all. */
  ageLetters(payload?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Writes down that a step was applied, in the fact's transaction. */
export async function writeStep(
  { transaction: { manager, session } }: FactContext,
  row: { consumer: string; key: string; step: number },
): Promise<void> {
  const { consumer, key, step } = row;
  await manager?.query('INSERT INTO applied (consumer, key, step) VALUES ($1, $2, $3)', [consumer, key, step]);
  const client = session && 'client' in session ? (session.client as Db['client']) : undefined;
  const at = performance.timeOrigin + performance.now();
  await client?.db().collection('applied').insertOne({ consumer, key, step, at }, { session });
}
