import type { FactRecord } from '../consumer/record.js';

/** The facts of a key are kept in order; a consumer, a topic and a key name them. */
export interface KeyOfConsumer {
  consumer: string;
  topic: string;
  key: string;
}

/** RETRYING: tried again by itself. PARKED: waits for someone to replay it. */
export type ParkedState = 'RETRYING' | 'PARKED';

/** A fact on its way to the dead letters. */
export interface Letter {
  record: FactRecord;
  reason: string;
}

/** How a parked key fares. */
export interface ParkedKey {
  state: ParkedState;
  /** Tries since the last fact of it that was applied. */
  attempts: number;
}

/** A letter as it is kept, to be tried again. */
export interface StoredLetter {
  id: string;
  partition: number;
  offset: number;
  clusterId: string;
  type: string;
  headers: Record<string, string>;
  payload: Buffer;
}

/** The fact that is applied even when its key is parked. */
export const userDeleted = 'user.deleted';

/** What an error says, in one line; never the values that a database's detail would name. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, 500);
}

/** The type of the announcement that a key is parked, and what it says. */
export const deadLetterParked = 'dead-letter.parked';

export function announcement(parked: KeyOfConsumer & { type: string; error: string }): {
  key: string;
  payload: string;
} {
  const { consumer, topic, key } = parked;
  const payload = JSON.stringify({ ...parked, parkedAt: new Date().toISOString() });
  return { key: `${consumer}:${topic}:${key}`, payload };
}
