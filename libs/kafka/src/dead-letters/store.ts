import type { EntityManager } from 'typeorm';
import type { Position } from '../consumer/positions.js';
import type { FactRecord } from '../consumer/record.js';
import { factId } from '../fact-id.js';
import { deadLetterTopic } from '../topics.js';

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

/**
 * Which of the keys are parked. They stay locked until the end of the transaction, so that a replay of one either is through
 * before or finds what this transaction puts behind.
 */
export async function lockParkedKeys(
  manager: EntityManager,
  { consumer, topic }: { consumer: string; topic: string },
  keys: string[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await manager.query<Array<{ key: string }>>(
    `SELECT key FROM parked_keys WHERE consumer = $1 AND topic = $2 AND key = ANY($3) ORDER BY key FOR UPDATE`,
    [consumer, topic, keys],
  );
  return new Set(rows.map(({ key }) => key));
}

/** Puts facts behind those that are in the dead letters of their keys already. */
export async function appendLetters(manager: EntityManager, at: Position, letters: Letter[]): Promise<void> {
  if (letters.length === 0) return;
  await manager.query(
    `INSERT INTO dead_letters (consumer, topic, kafka_partition, cluster_id, key, kafka_offset, type, headers, payload, reason)
     SELECT $1, $2, $3, $4, * FROM unnest($5::text[], $6::bigint[], $7::text[], $8::jsonb[], $9::bytea[], $10::text[])`,
    [
      at.consumer,
      at.topic,
      at.partition,
      at.clusterId,
      letters.map(({ record }) => record.key),
      letters.map(({ record }) => record.offset),
      letters.map(({ record }) => record.type),
      letters.map(({ record }) => JSON.stringify(record.headers)),
      letters.map(({ record }) => record.value),
      letters.map(({ reason }) => reason),
    ],
  );
}

/** Parks a key from now on. `delay`: milliseconds until it is tried again. */
export async function parkKey(
  manager: EntityManager,
  { consumer, topic, key }: KeyOfConsumer,
  o: { state: ParkedState; reason: string; delay: number },
): Promise<void> {
  await manager.query(
    `INSERT INTO parked_keys (consumer, topic, key, state, attempts, next_try_at, reason)
     VALUES ($1, $2, $3, $4, 1, clock_timestamp() + $5 * interval '1 millisecond', $6)
     ON CONFLICT (consumer, topic, key) DO NOTHING`,
    [consumer, topic, key, o.state, o.delay, o.reason],
  );
}

/** Announces through the outbox that a key waits for someone. `error`: its name; what it says may be personal. */
export async function announceParked(
  manager: EntityManager,
  service: string,
  parked: KeyOfConsumer & { type: string; error: string },
): Promise<void> {
  const { consumer, topic, key } = parked;
  const payload = { ...parked, parkedAt: new Date().toISOString() };
  await manager.query(`SELECT outbox_add($1, $2, 'dead-letter.parked', $3, $4, NULL)`, [
    deadLetterTopic(service),
    `${consumer}:${topic}:${key}`,
    JSON.stringify(payload),
    factId(),
  ]);
}

/**
 * Deletes what the dead letters hold about a user who is erased. Only the deletion itself stays: a consumer that could not
 * apply it still has to.
 */
export async function purgeLettersOf(manager: EntityManager, userId: string): Promise<number> {
  return deleteLetters(
    manager,
    `type <> $2 AND (position($1 in key) > 0 OR position(convert_to($1, 'UTF8') in payload) > 0)`,
    [userId, userDeleted],
  );
}

/** Deletes letters that nobody replayed within 30 days. */
export async function dropOldLetters(manager: EntityManager): Promise<number> {
  return deleteLetters(manager, `parked_at < now() - interval '30 days'`, []);
}

// The keys are locked before: a letter that another transaction is just putting behind keeps its key parked.
async function deleteLetters(manager: EntityManager, where: string, parameters: unknown[]): Promise<number> {
  const keys = await manager.query<KeyOfConsumer[]>(
    `SELECT consumer, topic, key FROM parked_keys
     WHERE (consumer, topic, key) IN (SELECT consumer, topic, key FROM dead_letters WHERE ${where})
     ORDER BY consumer, topic, key FOR UPDATE`,
    parameters,
  );
  const [, deleted] = await manager.query<[unknown, number]>(`DELETE FROM dead_letters WHERE ${where}`, parameters);
  for (const key of keys) await unparkIfEmpty(manager, key);
  return deleted;
}

/** Lets the facts of a key (locked by this transaction) flow again when no letter is left. Returns whether it did. */
export async function unparkIfEmpty(manager: EntityManager, { consumer, topic, key }: KeyOfConsumer): Promise<boolean> {
  const [, unparked] = await manager.query<[unknown, number]>(
    `DELETE FROM parked_keys WHERE consumer = $1 AND topic = $2 AND key = $3 AND NOT EXISTS (
       SELECT 1 FROM dead_letters WHERE consumer = $1 AND topic = $2 AND key = $3)`,
    [consumer, topic, key],
  );
  return unparked > 0;
}

/** The fact that is applied even when its key is parked. */
export const userDeleted = 'user.deleted';

/** What an error says, in one line; never the values that a database's detail would name. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, 500);
}
