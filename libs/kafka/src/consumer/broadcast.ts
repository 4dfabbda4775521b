import type { Logger } from 'pino';
import { pause, whileDependenciesFail } from '../retry.js';
import { runAll } from './chunk.js';
import { type FactDispatch, HandlerFailed } from './dispatch.js';
import type { Chunk, PartitionWork } from './feed.js';
import type { FeedSource, OpenedPartition } from './generation.js';
import type { ConsumerHandlers } from './handlers.js';
import { type ClusterLog, type LogOfPartition, partitionName, type TopicPartition } from './log.js';
import type { ConsumerMetrics } from './metrics.js';
import { type FactRecord, type ReadableRecord, readRecord } from './record.js';

interface Surroundings {
  handlers: ConsumerHandlers;
  dispatch: FactDispatch;
  metrics: ConsumerMetrics;
  logger: Logger;
}

/** Where a broadcast consumer stands in the logs that it reads. */
export interface BroadcastPosition {
  clusterId: string;
  /** Rises when a log turned out to be another one than was read before: Kafka has lost it. */
  losses: number;
  partitions: readonly PartitionPosition[];
}

export interface PartitionPosition extends TopicPartition {
  /** Where this process began to read. */
  begin: number;
  /** The end of the log at that time. */
  beginEnd: number;
  /** The next record to be handled. */
  next: number;
}

// Milliseconds before the second, third and fourth try.
const retries = [20, 100, 300];

/**
 * A consumer of which every instance reads everything, for what it keeps in memory. It begins some time back whenever the
 * process starts, and has neither transaction nor marks nor dead letters: a fact that fails four times is dropped.
 */
export class BroadcastConsumer implements FeedSource {
  private readonly positions = new Map<string, number>();
  private readonly began = new Map<string, Omit<PartitionPosition, 'next'>>();
  private losses = 0;
  private clusterId: string | undefined;

  constructor(private readonly o: Surroundings) {}

  /** Undefined until it was given its partitions. */
  get position(): BroadcastPosition | undefined {
    const { clusterId, losses } = this;
    if (clusterId === undefined || this.began.size === 0) return undefined;
    const partitions = [...this.began].map(([name, it]) => ({ ...it, next: this.positions.get(name) ?? it.begin }));
    return { clusterId, losses, partitions };
  }

  async open(partitions: TopicPartition[], log: ClusterLog): Promise<OpenedPartition[]> {
    const looked = await log.look(partitions);
    const begins = await this.begins(looked.partitions, looked.clusterId, log);
    return looked.partitions.map((partition, index) => {
      const begin = begins[index] ?? partition.end;
      this.remember(partition, begin);
      return { work: this.work(partition, begin), end: partition.end };
    });
  }

  private remember({ topic, partition, end }: LogOfPartition, begin: number): void {
    const name = partitionName(topic, partition);
    const known = this.positions.get(name);
    if (known !== undefined && known > end) this.losses++;
    else if (this.began.has(name)) return;
    this.began.set(name, { topic, partition, begin, beginEnd: end });
  }

  private async begins(logs: LogOfPartition[], clusterId: string, log: ClusterLog): Promise<number[]> {
    const sameCluster = this.clusterId === undefined || this.clusterId === clusterId;
    this.clusterId = clusterId;
    if (!sameCluster) this.forget();
    if (!sameCluster) return logs.map(({ start }) => start);
    const { lookback } = this.o.handlers.declaration;
    const at =
      typeof lookback === 'number' && lookback > 0 ? await log.offsetsAt(logs, Date.now() - lookback) : undefined;
    return logs.map(({ topic, partition, start, end }) => {
      const known = this.positions.get(partitionName(topic, partition));
      if (known !== undefined) return known > end ? start : Math.max(known, start);
      if (lookback === 'beginning') return start;
      const found = at?.get(partitionName(topic, partition)) ?? -1;
      return found < 0 ? end : found;
    });
  }

  private forget(): void {
    this.losses++;
    this.positions.clear();
    this.began.clear();
  }

  private work({ topic, partition }: TopicPartition, offset: number): PartitionWork {
    const name = partitionName(topic, partition);
    this.positions.set(name, offset);
    return {
      topic,
      partition,
      offset,
      read: (raw) => readRecord(this.o.handlers, raw),
      apply: async (chunk, signal) => {
        await this.apply(chunk, signal);
        this.positions.set(name, chunk.next);
      },
    };
  }

  private async apply({ records }: Chunk, signal: AbortSignal): Promise<void> {
    for (const record of records) {
      if (record.problem) this.drop(record, record.problem);
      else await this.handle(record, signal);
    }
  }

  private async handle(record: ReadableRecord, signal: AbortSignal): Promise<void> {
    for (const wait of [...retries, undefined]) {
      try {
        await this.deliver(record, signal);
        return this.count('applied');
      } catch (error) {
        signal.throwIfAborted();
        this.o.metrics.failures.inc({ consumer: this.o.handlers.name, kind: 'handler' });
        if (wait === undefined) return this.drop(record, error);
        await pause(wait, signal);
      }
    }
  }

  private async deliver(record: ReadableRecord, signal: AbortSignal): Promise<void> {
    const afterCommit: Array<() => void> = [];
    await whileDependenciesFail(() => this.o.dispatch.deliver([record], { afterCommit }), {
      signal,
      onFailure: () => this.o.metrics.failures.inc({ consumer: this.o.handlers.name, kind: 'dependency' }),
    });
    runAll(afterCommit, this.o.logger);
  }

  private drop({ topic, partition, offset, key, type }: FactRecord, error: unknown): void {
    const err = error instanceof HandlerFailed ? error.cause : error;
    const consumer = this.o.handlers.name;
    this.o.logger.error({ err, consumer, topic, partition, offset, key, type }, 'A broadcast fact was dropped');
    this.count('dropped');
  }

  private count(outcome: 'applied' | 'dropped'): void {
    this.o.metrics.facts.inc({ consumer: this.o.handlers.name, outcome });
  }
}
