import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Republisher } from '../outbox/republish.js';
import type { OutboxRow, OutboxRows } from '../outbox/rows.js';
import type { KafkaLog, Topics } from '../topics.js';
import type { Holder } from './lease.js';
import type { ProcessProducer } from './producer.js';
import type { Placement } from './producer-session.js';

const checkEvery = 60_000;
/** A broker that is just starting may not show all yet. */
const confirmAfter = 1_000;

/** What earlier holders of the lease were told by Kafka. */
export interface KnownLog {
  acknowledged: Array<{ topic: string; partition: number; offset: bigint }>;
  clusterId: string | null;
}

/** Topics that were lost, those of them that are to be published anew, and the cluster that has none of them. */
export interface LogLoss {
  lost: string[];
  anew: string[];
  clusterId: string | null;
}

/** Where it is kept what Kafka has acknowledged. */
export interface LogStore {
  load(): Promise<KnownLog>;
  /** @throws LeaseUncertain when the lease has passed to another; then nothing is noted */
  rememberCluster(holder: Holder, clusterId: string): Promise<void>;
  /** Forgets what was acknowledged and notes what is to be published anew. @throws LeaseUncertain as above */
  noteLoss(holder: Holder, loss: LogLoss): Promise<void>;
}

interface Dependencies {
  store: LogStore;
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
  private readonly acknowledged = new Map<string, Map<number, bigint>>();
  private clusterId: string | null = null;
  private checkedAt = Number.NEGATIVE_INFINITY;
  private checkedLosses = 0;

  constructor(private readonly its: Dependencies) {}

  /** Reads what earlier holders were told. To be called by each new holder. */
  async load(): Promise<void> {
    const { acknowledged, clusterId } = await this.its.store.load();
    this.acknowledged.clear();
    for (const { topic, partition, offset } of acknowledged) this.remember(topic, partition, offset);
    this.clusterId = clusterId;
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
    else if (this.clusterId === null) await this.its.store.rememberCluster(holder, log.clusterId);
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
    const { onLoss, logger, republisher, producer, rows, store } = this.its;
    onLoss();
    logger.error({ topics: lost, clusterId, before: this.clusterId }, 'Kafka has lost its log; publishing again');
    const anew = republisher.topics.filter((topic) => lost.includes(topic));
    await rows.unpublish(lost);
    // Last: a holder that dies before begins again with all of it.
    await store.noteLoss(holder, { lost, anew, clusterId });
    for (const topic of lost) this.acknowledged.delete(topic);
    // Another Kafka may give our producer id to somebody else.
    await producer.renew();
  }
}
