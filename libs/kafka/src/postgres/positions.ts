import type { EntityManager } from 'typeorm';
import type { TopicPartition } from '../consumer/log.js';
import { type Position, PositionLost } from '../consumer/positions.js';

export async function movePosition(manager: EntityManager, position: Position, next: number): Promise<void> {
  const { consumer, topic, partition, offset, clusterId } = position;
  const [, moved] = await manager.query<[unknown, number]>(
    `UPDATE consumer_positions SET next_offset = $6, updated_at = now()
     WHERE consumer = $1 AND topic = $2 AND kafka_partition = $3 AND next_offset = $4 AND cluster_id = $5`,
    [consumer, topic, partition, offset, clusterId, next],
  );
  if (moved === 0) throw new PositionLost(position);
}

export async function movePositionAndLock(
  manager: EntityManager,
  position: Position,
  next: number,
  keys: string[],
): Promise<Set<string>> {
  const { consumer, topic, partition, offset, clusterId } = position;
  const [row] = await manager.query<Array<{ moved: number; parked: string[] }>>(
    `WITH moved AS (
       UPDATE consumer_positions SET next_offset = $6, updated_at = now()
       WHERE consumer = $1 AND topic = $2 AND kafka_partition = $3 AND next_offset = $4 AND cluster_id = $5
       RETURNING 1)
     SELECT (SELECT count(*) FROM moved)::int AS moved, ARRAY(
       SELECT key FROM parked_keys WHERE consumer = $1 AND topic = $2 AND key = ANY($7) ORDER BY key FOR UPDATE) AS parked`,
    [consumer, topic, partition, offset, clusterId, next, keys],
  );
  if (!row?.moved) throw new PositionLost(position);
  return new Set(row.parked);
}

export async function readPositions(
  manager: EntityManager,
  consumer: string,
  of: TopicPartition[],
): Promise<Position[]> {
  const rows = await manager.query<StoredPosition[]>(
    `SELECT consumer, topic, kafka_partition AS partition, next_offset AS offset, cluster_id AS "clusterId"
     FROM consumer_positions JOIN unnest($2::text[], $3::int[]) AS wanted (topic, kafka_partition) USING (topic, kafka_partition)
     WHERE consumer = $1`,
    [consumer, of.map(({ topic }) => topic), of.map(({ partition }) => partition)],
  );
  return rows.map(positionOf);
}

export async function insertPosition(manager: EntityManager, at: Position): Promise<void> {
  await manager.query(
    `INSERT INTO consumer_positions (consumer, topic, kafka_partition, next_offset, cluster_id)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [at.consumer, at.topic, at.partition, at.offset, at.clusterId],
  );
}

export async function resetPosition(manager: EntityManager, from: Position, to: Position): Promise<void> {
  await manager.query(
    `UPDATE consumer_positions SET next_offset = $6, cluster_id = $7, updated_at = now()
     WHERE consumer = $1 AND topic = $2 AND kafka_partition = $3 AND next_offset = $4 AND cluster_id = $5`,
    [from.consumer, from.topic, from.partition, from.offset, from.clusterId, to.offset, to.clusterId],
  );
}

export async function readAllPositions(manager: EntityManager): Promise<Position[]> {
  const rows = await manager.query<StoredPosition[]>(
    `SELECT consumer, topic, kafka_partition AS partition, next_offset AS offset, cluster_id AS "clusterId"
     FROM consumer_positions`,
  );
  return rows.map(positionOf);
}

interface StoredPosition extends Omit<Position, 'offset'> {
  offset: string;
}

function positionOf(row: StoredPosition): Position {
  return { ...row, offset: Number(row.offset) };
}
