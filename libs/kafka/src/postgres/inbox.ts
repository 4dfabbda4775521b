import type { EntityManager } from 'typeorm';
import type { ReadableRecord } from '../consumer/record.js';
import type { MarksOf } from '../consumer/storage.js';

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
