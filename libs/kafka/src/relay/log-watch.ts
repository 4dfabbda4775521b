import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import type { Republisher } from '../outbox/republish.js';
import type { OutboxRow, OutboxRows } from '../outbox/rows.js';
import type { KafkaLog, Topics } from '../topics.js';
import { type Holder, LeaseUncertain } from './lease.js';
import type { ProcessProducer } from './producer.js';
import type { Placement } from './producer-session.js';

const checkEvery = 60_000;
/** A broker that is just starting may not show all yet. */
const confirmAfter = 1_000;

interface Dependencies {
  dataSource: DataSource;
  rows: OutboxRows;
  topics: Topics;
  producer: ProcessProducer;
  republisher: Republisher;
  logger: Logger;
  onLoss: () => void;
}

/**
 * Finds out that Kafka no longer has what it once acknowledged (another cluster id, a log that ends before it, an offset
 * given for the second time), and then has everything published again: the facts that the outbox still keeps, as they were,
 * and after them the state topics from the tables.
 */
export class LogWatch {
  private readonly dataSource: DataSource;
  private readonly acknowledged = new Map<string, Map<number, bigint>>();
  private clusterId: string | null = null;
  private checkedAt = Number.NEGATIVE_INFINITY;
  private checkedLosses = 0;

  constructor(private readonly its: Dependencies) {
    this.dataSource = its.dataSource;
  }

  /** Reads what earlier holders were told. To be called by each new holder. */
  async load(): Promise<void> {
    const rows = await this.dataSource.query<Array<{ topic: string; partition: number; offset: string }>>(
      `SELECT topic, kafka_partition AS partition, kafka_offset AS "offset" FROM relay_acknowledged`,
    );
    const [lease] = await this.dataSource.query<Array<{ cluster_id: string | null }>>(
      `SELECT cluster_id FROM relay_lease WHERE name = 'outbox'`,
    );
    this.acknowledged.clear();
    for (const { topic, partition, offset } of rows) this.remember(topic, partition, BigInt(offset));
    this.clusterId = lease?.cluster_id ?? null;
    this.checkedAt = Number.NEGATIVE_INFINITY;
  }

  /** Time to check: at the start, after a connection has broken, and once a minute. */
  get isDue(): boolean {
    return this.its.producer.connectionsLost !== this.checkedLosses || performance.now() - this.checkedAt > checkEvery;
  }

  /** Has the next `isDue` say yes. */
  suspect(): void {
    this.checkedAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * Makes the service's topics where they are missing and compares. Returns whether something was lost; then the outbox
   * holds it again.
   * @throws while Kafka or the database is away
   */
  async check(holder: Holder): Promise<boolean> {
    const losses = this.its.producer.connectionsLost;
    const started = performance.now();
    await this.its.topics.ensure(this.its.topics.published());
    const log = await this.lookTwiceIfLost();
    const lost = this.lostIn(log);
    if (lost.length > 0 || this.isAnother(log)) await this.recover(holder, lost, log.clusterId);
    else if (this.clusterId === null) await this.rememberCluster(this.dataSource.manager, holder, log.clusterId);
    this.clusterId = log.clusterId;
    this.checkedAt = started;
    this.checkedLosses = losses;
    return lost.length > 0;
  }

  /**
   * Notes where rows were written. An offset that was given before says that the log has been replaced in between: then the
   * topics concerned are recovered.
   */
  async observe(rows: OutboxRow[], placements: Placement[], holder: Holder): Promise<void> {
    const lost = new Set<string>();
    placements.forEach(({ partition, offset }, index) => {
      const topic = rows[index]?.topic;
      if (topic === undefined) return;
      if (offset <= (this.acknowledged.get(topic)?.get(partition) ?? -1n)) lost.add(topic);
      else this.remember(topic, partition, offset);
    });
    if (lost.size > 0) await this.recover(holder, [...lost], this.clusterId);
  }

  private remember(topic: string, partition: number, offset: bigint): void {
    const partitions = this.acknowledged.get(topic) ?? new Map<number, bigint>();
    partitions.set(partition, offset);
    this.acknowledged.set(topic, partitions);
  }

  private async lookTwiceIfLost(): Promise<KafkaLog> {
    const names = [...this.acknowledged.keys()];
    const log = await this.its.topics.look(names);
    if (this.lostIn(log).length === 0) return log;
    await delay(confirmAfter);
    return this.its.topics.look(names);
  }

  private lostIn({ clusterId, ends }: KafkaLog): string[] {
    const topics = [...this.acknowledged];
    if (this.isAnother({ clusterId })) return topics.map(([topic]) => topic);
    const isShort = (topic: string, [partition, offset]: [number, bigint]): boolean =>
      (ends.get(topic)?.get(partition) ?? 0n) <= offset;
    return topics
      .filter(([topic, partitions]) => [...partitions].some((it) => isShort(topic, it)))
      .map(([topic]) => topic);
  }

  private isAnother({ clusterId }: Pick<KafkaLog, 'clusterId'>): boolean {
    return this.clusterId !== null && clusterId !== this.clusterId;
  }

  private async recover(holder: Holder, lost: string[], clusterId: string | null): Promise<void> {
    const { onLoss, logger, republisher, producer, rows } = this.its;
    onLoss();
    logger.error({ topics: lost, clusterId, before: this.clusterId }, 'Kafka has lost its log; publishing again');
    const anew = republisher.topics.filter((topic) => lost.includes(topic));
    await rows.unpublish(lost);
    // Last: a holder that dies before begins again with all of it.
    await this.dataSource.transaction(async (manager) => {
      await manager.query(`DELETE FROM relay_acknowledged WHERE topic = ANY($1)`, [lost]);
      await republisher.request(manager, anew);
      await this.rememberCluster(manager, holder, clusterId);
    });
    for (const topic of lost) this.acknowledged.delete(topic);
    // Another Kafka may give our producer id to somebody else.
    await producer.renew();
  }

  // Last in its transaction: the renewals of the lease wait for this row.
  private async rememberCluster(manager: EntityManager, holder: Holder, clusterId: string | null): Promise<void> {
    const [, held] = await manager.query<[unknown[], number]>(
      `UPDATE relay_lease SET cluster_id = $3 WHERE name = 'outbox' AND holder = $1 AND epoch = $2`,
      [holder.name, holder.epoch, clusterId],
    );
    if (held !== 1) throw new LeaseUncertain();
  }
}
