import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import type { LogOfPartition, TopicPartition } from './log.js';

const secondLook = 1_000;

/** How far a consumer has come in one partition, as this process believes. */
export interface Position extends TopicPartition {
  consumer: string;
  /** The next record to be applied. */
  offset: number;
  /** The Kafka cluster that the offset belongs to. */
  clusterId: string;
}

/** Another process has moved the position: what was read here must not be applied. */
export class PositionLost extends Error {
  override readonly name = 'PositionLost';

  constructor(readonly position: Position) {
    super(
      `The position of ${position.consumer} in ${position.topic}/${position.partition} is no longer ${position.offset}`,
    );
  }
}

/**
 * Moves the position, if it still is where this process believes it to be, and holds its lock until the end of the
 * transaction.
 * @throws PositionLost
 */
export async function movePosition(manager: EntityManager, position: Position, next: number): Promise<void> {
  const { consumer, topic, partition, offset, clusterId } = position;
  const [, moved] = await manager.query<[unknown, number]>(
    `UPDATE consumer_positions SET next_offset = $6, updated_at = now()
     WHERE consumer = $1 AND topic = $2 AND kafka_partition = $3 AND next_offset = $4 AND cluster_id = $5`,
    [consumer, topic, partition, offset, clusterId, next],
  );
  if (moved === 0) throw new PositionLost(position);
}

/**
 * `movePosition` and `lockParkedKeys` in one statement, because every chunk needs both: gives those of the keys that are
 * parked.
 * @throws PositionLost
 */
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

/** What `claimPositions` needs to know of Kafka; asked after the positions were read, so that it is not older than they. */
export type LookAtLog = () => Promise<{ clusterId: string; partitions: LogOfPartition[] }>;

/**
 * The consumer's positions in these partitions. One that Kafka can't continue (never there, another cluster, log lost or
 * deleted since) is put to the log's start first.
 */
export async function claimPositions(
  { manager }: DataSource,
  consumer: string,
  partitions: TopicPartition[],
  look: LookAtLog,
): Promise<Position[]> {
  const before = await readPositions(manager, consumer, partitions);
  const log = await lookTwice(look, before);
  for (const { topic, partition, start, end } of log.partitions) {
    const position = before.find((one) => one.topic === topic && one.partition === partition);
    const begin = { consumer, topic, partition, offset: start, clusterId: log.clusterId };
    if (!position) await insertPosition(manager, begin);
    else if (!continues(position, log.clusterId, start, end)) await resetPosition(manager, position, begin);
  }
  return readPositions(manager, consumer, partitions);
}

// A broker that has just started may not know yet how far its log reaches. To read everything again is costly: make sure.
async function lookTwice(look: LookAtLog, positions: Position[]): ReturnType<LookAtLog> {
  const log = await look();
  const short = log.partitions.some(({ topic, partition, end }) => {
    return positions.some(
      (position) => position.topic === topic && position.partition === partition && position.offset > end,
    );
  });
  if (!short) return log;
  await delay(secondLook);
  return look();
}

function continues({ offset, ...position }: Position, clusterId: string, start: number, end: number): boolean {
  return position.clusterId === clusterId && offset >= start && offset <= end;
}

async function readPositions(manager: EntityManager, consumer: string, of: TopicPartition[]): Promise<Position[]> {
  const rows = await manager.query<Array<{ topic: string; partition: number; offset: string; cluster_id: string }>>(
    `SELECT topic, kafka_partition AS partition, next_offset AS offset, cluster_id
     FROM consumer_positions JOIN unnest($2::text[], $3::int[]) AS wanted (topic, kafka_partition) USING (topic, kafka_partition)
     WHERE consumer = $1`,
    [consumer, of.map(({ topic }) => topic), of.map(({ partition }) => partition)],
  );
  return rows.map(({ cluster_id, offset, ...row }) => ({
    ...row,
    consumer,
    offset: Number(offset),
    clusterId: cluster_id,
  }));
}

async function insertPosition(manager: EntityManager, at: Position): Promise<void> {
  await manager.query(
    `INSERT INTO consumer_positions (consumer, topic, kafka_partition, next_offset, cluster_id)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [at.consumer, at.topic, at.partition, at.offset, at.clusterId],
  );
}

// Guarded like every move: when another process was faster, its position counts.
async function resetPosition(manager: EntityManager, from: Position, to: Position): Promise<void> {
  await manager.query(
    `UPDATE consumer_positions SET next_offset = $6, cluster_id = $7, updated_at = now()
     WHERE consumer = $1 AND topic = $2 AND kafka_partition = $3 AND next_offset = $4 AND cluster_id = $5`,
    [from.consumer, from.topic, from.partition, from.offset, from.clusterId, to.offset, to.clusterId],
  );
}
