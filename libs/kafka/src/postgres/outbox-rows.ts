import type { DataSource } from 'typeorm';
import {
  batchBytes,
  batchRows,
  bytesBeside,
  type NextRows,
  type OutboxRow,
  type OutboxRows,
  payloadBytes,
  retentionOf,
} from '../outbox/rows.js';
import type { Holder } from '../relay/lease.js';
import type { Placement } from '../relay/producer-session.js';

// A week of facts in one statement would outlast its time limit.
const unpublishAtOnce = 5_000;

/** The relay's statements on the outbox in PostgreSQL. */
export class PostgresOutboxRows implements OutboxRows {
  // The keys with a failed row: what follows it must wait.
  private heldBack = new Set<string>();

  constructor(private readonly dataSource: DataSource) {}

  async next(unmarked: string[]): Promise<NextRows> {
    const found = await this.dataSource.query<Array<OutboxRow & { waiting: number }>>(
      `WITH waiting AS (
         SELECT *, payload::text AS body, octet_length(payload::text) AS bytes
         FROM outbox_next($1, $2::int + cardinality($6::bigint[])) WHERE id <> ALL ($6) ORDER BY id LIMIT $2
       ), counted AS (
         SELECT *, sum(bytes + $3::int) OVER (ORDER BY id) AS total, row_number() OVER (ORDER BY id) AS position FROM waiting
       )
       SELECT id, topic, key, type, fact_id AS "factId", version, traceparent, snapshot, created_at AS "createdAt",
              CASE WHEN bytes <= $4 THEN body END AS payload, (SELECT count(*)::int FROM waiting) AS waiting
       FROM counted WHERE total <= $5 OR position = 1 ORDER BY id`,
      [[...this.heldBack], batchRows, bytesBeside, payloadBytes, batchBytes, unmarked],
    );
    const rows = found.map(({ waiting, ...row }) => row);
    return { rows, more: (found[0]?.waiting ?? 0) > rows.length || rows.length === batchRows };
  }

  async published(rows: OutboxRow[], placements: Placement[], holder: Holder): Promise<Date | undefined> {
    const [result] = await this.dataSource.query<Array<{ held: boolean; at: Date }>>(
      `WITH lease AS (
         SELECT FROM relay_lease WHERE name = 'outbox' AND holder = $5 AND epoch = $6
       ), marked AS (
         UPDATE outbox o SET published_at = clock_timestamp(), kafka_partition = sent.kafka_partition,
                             kafka_offset = sent.kafka_offset, failed_reason = NULL
         FROM unnest($1::bigint[], $2::timestamptz[], $3::int[], $4::bigint[])
              AS sent(id, created_at, kafka_partition, kafka_offset)
         WHERE o.id = sent.id AND o.created_at = sent.created_at
           AND EXISTS (SELECT FROM lease)
         RETURNING o.topic, o.kafka_partition, o.kafka_offset
       ), acknowledged AS (
         INSERT INTO relay_acknowledged AS known (topic, kafka_partition, kafka_offset)
         SELECT topic, kafka_partition, max(kafka_offset) FROM marked GROUP BY topic, kafka_partition
         ON CONFLICT (topic, kafka_partition)
         DO UPDATE SET kafka_offset = greatest(known.kafka_offset, excluded.kafka_offset)
       )
       SELECT EXISTS (SELECT FROM lease) AS held, clock_timestamp() AS at`,
      [
        rows.map(({ id }) => id),
        rows.map(({ createdAt }) => createdAt),
        placements.map(({ partition }) => partition),
        placements.map(({ offset }) => String(offset)),
        holder.name,
        holder.epoch,
      ],
    );
    return result?.held ? result.at : undefined;
  }

  async fail({ id, createdAt, key }: OutboxRow, reason: string): Promise<void> {
    await this.dataSource.query(`UPDATE outbox SET failed_reason = $3 WHERE id = $1 AND created_at = $2`, [
      id,
      createdAt,
      reason,
    ]);
    this.heldBack.add(key);
  }

  async reloadFailed(): Promise<void> {
    const rows = await this.dataSource.query<Array<{ key: string }>>(
      `SELECT DISTINCT key FROM outbox WHERE failed_reason IS NOT NULL`,
    );
    this.heldBack = new Set(rows.map(({ key }) => key));
  }

  async unpublish(topics: string[]): Promise<void> {
    const kept = topics.map(retentionOf);
    for (let after: string | null = '0'; after !== null; ) {
      const [chunk]: Array<{ last: string | null }> = await this.dataSource.query(
        `WITH chunk AS (
           SELECT id, created_at FROM outbox
           WHERE id > $2 AND published_at IS NOT NULL AND NOT snapshot AND EXISTS (
             SELECT FROM unnest($1::text[], $4::bigint[]) AS lost (name, kept)
             WHERE name = topic AND (kept IS NULL OR published_at > clock_timestamp() - kept * interval '1 ms')
           ) ORDER BY id LIMIT $3
         ), changed AS (
           UPDATE outbox o SET published_at = NULL, kafka_partition = NULL, kafka_offset = NULL
           FROM chunk WHERE o.id = chunk.id AND o.created_at = chunk.created_at
         )
         SELECT max(id) AS last FROM chunk`,
        [topics, after, unpublishAtOnce, kept],
      );
      after = chunk?.last ?? null;
    }
  }

  async retryFailed(): Promise<void> {
    await this.dataSource.query(`UPDATE outbox SET failed_reason = NULL WHERE failed_reason IS NOT NULL`);
    this.heldBack.clear();
  }

  async backlog(): Promise<number> {
    return this.count('published_at IS NULL');
  }

  async failed(): Promise<number> {
    return this.count('failed_reason IS NOT NULL');
  }

  private async count(condition: string): Promise<number> {
    const [row] = await this.dataSource.query<Array<{ count: string }>>(
      `SELECT count(*) FROM outbox WHERE ${condition}`,
    );
    return Number(row?.count);
  }
}
