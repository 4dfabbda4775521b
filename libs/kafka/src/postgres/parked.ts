import type { EntityManager } from 'typeorm';
import type { Position } from '../consumer/positions.js';
import type { ParkedCount } from '../consumer/storage.js';
import {
  announcement,
  deadLetterParked,
  type KeyOfConsumer,
  type Letter,
  type ParkedKey,
  type ParkedState,
  type StoredLetter,
  userDeleted,
} from '../dead-letters/store.js';
import { factId } from '../fact-id.js';
import { deadLetterTopic } from '../topics.js';

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

export async function announceParked(
  manager: EntityManager,
  service: string,
  parked: KeyOfConsumer & { type: string; error: string },
): Promise<void> {
  const { key, payload } = announcement(parked);
  const values = [deadLetterTopic(service), key, deadLetterParked, payload, factId()];
  await manager.query(`SELECT outbox_add($1, $2, $3, $4, $5, NULL)`, values);
}

export async function purgeLettersOf(manager: EntityManager, userId: string): Promise<number> {
  return deleteLetters(
    manager,
    `type <> $2 AND (position($1 in key) > 0 OR position(convert_to($1, 'UTF8') in payload) > 0)`,
    [userId, userDeleted],
  );
}

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

export async function unparkIfEmpty(manager: EntityManager, { consumer, topic, key }: KeyOfConsumer): Promise<boolean> {
  const [, unparked] = await manager.query<[unknown, number]>(
    `DELETE FROM parked_keys WHERE consumer = $1 AND topic = $2 AND key = $3 AND NOT EXISTS (
       SELECT 1 FROM dead_letters WHERE consumer = $1 AND topic = $2 AND key = $3)`,
    [consumer, topic, key],
  );
  return unparked > 0;
}

// A key that is being tried elsewhere is left alone, unless someone asked for this one.
export async function lockKey(
  manager: EntityManager,
  { consumer, topic, key }: KeyOfConsumer,
  due: boolean,
): Promise<ParkedKey | undefined> {
  const [row] = await manager.query<ParkedKey[]>(
    `SELECT state, attempts FROM parked_keys WHERE consumer = $1 AND topic = $2 AND key = $3
     ${due ? `AND state = 'RETRYING' AND next_try_at <= clock_timestamp() FOR UPDATE SKIP LOCKED` : 'FOR UPDATE'}`,
    [consumer, topic, key],
  );
  return row;
}

export async function firstLetter(
  manager: EntityManager,
  { consumer, topic, key }: KeyOfConsumer,
): Promise<StoredLetter | undefined> {
  const [letter] = await manager.query<Array<StoredLetter & { offset: string }>>(
    `SELECT id, kafka_partition AS partition, kafka_offset AS offset, cluster_id AS "clusterId", type, headers, payload
     FROM dead_letters WHERE consumer = $1 AND topic = $2 AND key = $3 ORDER BY id LIMIT 1`,
    [consumer, topic, key],
  );
  return letter && { ...letter, offset: Number(letter.offset) };
}

export async function deleteLetter(manager: EntityManager, id: string): Promise<void> {
  await manager.query(`DELETE FROM dead_letters WHERE id = $1`, [id]);
}

export async function noteTry(
  manager: EntityManager,
  { consumer, topic, key }: KeyOfConsumer,
  { state, attempts, reason, delay }: ParkedKey & { reason?: string; delay: number },
): Promise<void> {
  await manager.query(
    `UPDATE parked_keys SET state = $4, attempts = $5, reason = coalesce($6, reason),
       next_try_at = clock_timestamp() + $7 * interval '1 millisecond'
     WHERE consumer = $1 AND topic = $2 AND key = $3`,
    [consumer, topic, key, state, attempts, reason ?? null, delay],
  );
}

export async function dueKeys(manager: EntityManager): Promise<KeyOfConsumer[]> {
  return manager.query<KeyOfConsumer[]>(
    `SELECT consumer, topic, key FROM parked_keys
     WHERE state = 'RETRYING' AND next_try_at <= clock_timestamp() ORDER BY next_try_at LIMIT 100`,
  );
}

export async function untilNextKey(manager: EntityManager): Promise<number | undefined> {
  const [row] = await manager.query<Array<{ wait: string | null }>>(
    `SELECT extract(epoch FROM min(next_try_at) - clock_timestamp()) * 1000 AS wait FROM parked_keys WHERE state = 'RETRYING'`,
  );
  return row?.wait ? Math.max(Number(row.wait), 0) : undefined;
}

export async function parkedCounts(manager: EntityManager): Promise<ParkedCount[]> {
  return manager.query<ParkedCount[]>(
    `SELECT consumer, state, count(*)::int AS keys FROM parked_keys GROUP BY consumer, state`,
  );
}
