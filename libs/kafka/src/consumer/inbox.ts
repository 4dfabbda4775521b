import type { EntityManager } from 'typeorm';
import type { ReadableRecord } from './record.js';

/**
 * Marks records as applied by the consumer, in the transaction that applies them, and gives those that were not marked
 * before: the others have been applied already.
 */
export async function markFresh(
  manager: EntityManager,
  consumer: string,
  clusterId: string,
  records: ReadableRecord[],
): Promise<ReadableRecord[]> {
  if (records.length === 0) return [];
  const rows = await manager.query<Array<{ fact_id: string }>>(
    `INSERT INTO inbox (consumer, cluster_id, fact_id, topic, kafka_partition, kafka_offset)
     SELECT $1, $2, * FROM unnest($3::uuid[], $4::text[], $5::int[], $6::bigint[])
     ON CONFLICT DO NOTHING RETURNING fact_id`,
    [
      consumer,
      clusterId,
      records.map(({ origin }) => origin.id),
      records.map(({ topic }) => topic),
      records.map(({ partition }) => partition),
      records.map(({ offset }) => offset),
    ],
  );
  // Taken out of the set once found: of two copies in one chunk only the first one is fresh.
  const fresh = new Set(rows.map(({ fact_id }) => fact_id));
  return records.filter(({ origin }) => fresh.delete(origin.id.toLowerCase()));
}

/** Where a partition's log begins, and how far the consumer has come in it. */
export interface MarksOf {
  topic: string;
  partition: number;
  clusterId: string;
  logStart: number;
  position: number;
}

/**
 * Drops the marks that no second copy of their fact can meet any more: those below the start of the log. A compacted log
 * keeps its start for ever; there, and for marks of a Kafka that was lost, a copy comes either within the batch that the
 * relay was sending when it died or from the rows that the outbox keeps for 7 days, so marks that are both old and far
 * behind go too. Returns how many.
 */
export async function dropMarks(manager: EntityManager, consumer: string, of: MarksOf[]): Promise<number> {
  const [, dropped] = await manager.query<[unknown, number]>(
    `DELETE FROM inbox AS mark
     USING unnest($2::text[], $3::int[], $4::text[], $5::bigint[], $6::bigint[])
       AS log (topic, kafka_partition, cluster_id, log_start, position)
     WHERE mark.consumer = $1 AND mark.topic = log.topic AND mark.kafka_partition = log.kafka_partition
       AND ((mark.cluster_id = log.cluster_id AND mark.kafka_offset < log.log_start)
         OR (mark.marked_at < now() - interval '8 days'
           AND (mark.cluster_id <> log.cluster_id OR mark.kafka_offset < log.position - 100000)))`,
    [
      consumer,
      of.map(({ topic }) => topic),
      of.map(({ partition }) => partition),
      of.map(({ clusterId }) => clusterId),
      of.map(({ logStart }) => logStart),
      of.map(({ position }) => position),
    ],
  );
  return dropped;
}
