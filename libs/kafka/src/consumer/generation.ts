import type { Batch } from 'kafkajs';
import type { Logger } from 'pino';
import { backoff, pause, within } from '../retry.js';
import { PartitionFeed, type PartitionWork } from './feed.js';
import { type ClusterLog, partitionName, type TopicPartition } from './log.js';

/** Decides where to begin with partitions, and what to do with their records. */
export interface FeedSource {
  open(partitions: TopicPartition[], log: ClusterLog): Promise<OpenedPartition[]>;
}

export interface OpenedPartition {
  work: PartitionWork;
  /** The end of its log. */
  end: number;
}

/** The handle on kafkajs's fetching; topics without prefix. */
export interface FetchControl {
  seek(partition: TopicPartition, offset: number): void;
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
}

const roomWait = 50;
const openWait = 1_000;
const brokenWait = 200;

/** Milliseconds that a chunk may take until nobody waits for its end any more. A process has 10 s to stop in. */
export const chunkWait = 5_000;

/**
 * The partitions that a group gave this process, until it gives others. Every generation begins anew from the stored
 * positions: who had a partition in between, or what became of Kafka, then does not matter.
 */
export class Generation {
  readonly feeds = new Map<string, PartitionFeed>();
  private readonly opening = new Map<string, Promise<void>>();
  private readonly gaps = new Map<string, string>();
  private readonly paused = new Set<string>();
  private readonly stopping = new AbortController();

  constructor(
    readonly partitions: TopicPartition[],
    private readonly o: { source: FeedSource; log: ClusterLog; control: FetchControl; logger: Logger },
  ) {}

  /**
   * Begins, once nothing is being applied for `former` any more. A chunk of it that hangs is not waited for: should it come to
   * an end after all, its position is no longer the stored one.
   */
  start(former?: Generation): void {
    this.open(this.partitions, former ? within(former.stop(), chunkWait) : Promise.resolve());
  }

  /** Every partition has been opened. */
  get ready(): boolean {
    return this.opening.size === 0;
  }

  /**
   * Takes what kafkajs has fetched. One that is not taken (`isStale`: a seek is waiting) is always followed by a seek.
   */
  async take(batch: Batch, topic: string, isStale: () => boolean): Promise<void> {
    const partition = { topic, partition: batch.partition };
    const name = partitionName(topic, batch.partition);
    await this.opened(name);
    if (this.opening.has(name)) return this.pause(partition);
    const feed = this.feeds.get(name);
    if (!feed || isStale() || this.stopping.signal.aborted) return;
    if (!this.goesOn(feed, batch, name)) return this.reopen(feed);
    feed.push(batch);
    await this.makeRoom(feed, partition);
  }

  /** Whether everything that was fetched of a partition is applied, and more is being asked for. */
  asksForMore({ work, position, fetched }: PartitionFeed): boolean {
    return position === fetched && !this.paused.has(partitionName(work.topic, work.partition));
  }

  /** Reads a partition anew from its stored position. */
  restart({ topic, partition }: TopicPartition): void {
    const feed = this.feeds.get(partitionName(topic, partition));
    if (feed) this.reopen(feed, brokenWait);
  }

  /** Resolves when nothing is being applied any more. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('The partitions were given away'));
    await Promise.all([...this.feeds.values()].map((feed) => feed.stop()));
    await Promise.all(this.opening.values());
  }

  private async opened(name: string): Promise<void> {
    const opening = this.opening.get(name);
    if (opening) await within(opening, openWait);
  }

  /**
   * Whether the batch begins where the last one ended. It does not when Kafka's log is not what it was, and around a
   * rebalance it might not: records would be passed over. A gap met again in the same place is compaction's.
   */
  private goesOn(feed: PartitionFeed, batch: Batch, name: string): boolean {
    const from = fetchedFrom(batch);
    if (from === feed.fetched) return true;
    const gap = `${feed.fetched} to ${from}`;
    if (from > feed.fetched && this.gaps.get(name) === gap) return true;
    this.gaps.set(name, gap);
    return false;
  }

  private async makeRoom(feed: PartitionFeed, partition: TopicPartition): Promise<void> {
    const room = feed.room();
    if (await within(room, roomWait)) return;
    this.pause(partition);
    const name = partitionName(partition.topic, partition.partition);
    void room.then(() => this.feeds.get(name) === feed && this.resume(partition));
  }

  private reopen(feed: PartitionFeed, wait = 0): void {
    const { topic, partition } = feed.work;
    this.feeds.delete(partitionName(topic, partition));
    const before = within(feed.stop(), chunkWait).then(() => pause(wait, this.stopping.signal).catch(() => undefined));
    this.open([{ topic, partition }], before);
  }

  private open(partitions: TopicPartition[], before: Promise<unknown>): void {
    const opening = before.then(() => this.openAll(partitions));
    for (const { topic, partition } of partitions) this.opening.set(partitionName(topic, partition), opening);
  }

  private async openAll(partitions: TopicPartition[]): Promise<void> {
    for (let failures = 1; !this.stopping.signal.aborted; failures++) {
      try {
        const opened = await this.o.source.open(partitions, this.o.log);
        return this.begin(opened);
      } catch (error) {
        if (failures % 20 === 1) this.o.logger.warn({ err: error, failures }, 'Could not find out where to begin');
        await pause(backoff(failures), this.stopping.signal).catch(() => undefined);
      }
    }
  }

  private begin(opened: OpenedPartition[]): void {
    if (this.stopping.signal.aborted) return;
    for (const { work, end } of opened) {
      const name = partitionName(work.topic, work.partition);
      const feed = new PartitionFeed(work, end, (error) => this.broken(feed, error));
      this.feeds.set(name, feed);
      this.opening.delete(name);
      this.o.control.seek(work, work.offset);
      this.resume(work);
    }
  }

  private pause({ topic, partition }: TopicPartition): void {
    this.paused.add(partitionName(topic, partition));
    this.o.control.pause({ topic, partition });
  }

  private resume({ topic, partition }: TopicPartition): void {
    this.paused.delete(partitionName(topic, partition));
    this.o.control.resume({ topic, partition });
  }

  private broken(feed: PartitionFeed, error: unknown): void {
    const { topic, partition } = feed.work;
    this.o.logger.warn({ err: error, topic, partition }, 'Reading a partition anew from its stored position');
    this.reopen(feed, brokenWait);
  }
}

// kafkajs's types leave it out; it is what tells a gap in the log from records that were not fetched.
function fetchedFrom(batch: Batch): number {
  return Number((batch as Batch & { fetchedOffset: string }).fetchedOffset);
}
