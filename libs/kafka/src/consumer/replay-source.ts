import { longestWhole, whileDependenciesFail } from '../retry.js';
import type { ConsumerDatabase } from './chunk.js';
import { HandlerFailed } from './dispatch.js';
import type { Chunk, PartitionWork } from './feed.js';
import type { FeedSource, OpenedPartition } from './generation.js';
import type { ConsumerHandlers } from './handlers.js';
import { type ClusterLog, type LogOfPartition, partitionName, type TopicPartition } from './log.js';
import { partsOf } from './partition.js';
import { type ReadableRecord, readRecord } from './record.js';

interface Stretch {
  next: number;
  end: number;
}

/**
 * Reads again what Kafka holds, up to where each log ended when the replay began, and applies it without positions and
 * marks. Facts of parked keys are left to their dead letters.
 */
export class ReplaySource implements FeedSource {
  /** Resolves when everything has been read. */
  readonly done: Promise<void>;
  applied = 0;
  private finish: () => void = () => undefined;
  private readonly stretches = new Map<string, Stretch>();

  constructor(
    private readonly db: ConsumerDatabase,
    private readonly handlers: ConsumerHandlers,
    private readonly from: 'beginning' | Date,
  ) {
    this.done = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  async open(partitions: TopicPartition[], log: ClusterLog): Promise<OpenedPartition[]> {
    const looked = await log.look(partitions);
    if (this.stretches.size === 0) await this.measure(looked.partitions, log);
    this.finishIfRead();
    return looked.partitions.map(({ topic, partition }) => {
      const stretch = this.stretches.get(partitionName(topic, partition)) ?? { next: 0, end: 0 };
      return { work: this.work({ topic, partition }, stretch), end: stretch.end };
    });
  }

  private async measure(logs: LogOfPartition[], log: ClusterLog): Promise<void> {
    const { from } = this;
    const found = from === 'beginning' ? undefined : await log.offsetsAt(logs, from.getTime());
    for (const { topic, partition, start, end } of logs) {
      const name = partitionName(topic, partition);
      const at = found ? (found.get(name) ?? -1) : start;
      this.stretches.set(name, { next: at < 0 ? end : at, end });
    }
  }

  private work({ topic, partition }: TopicPartition, stretch: Stretch): PartitionWork {
    return {
      topic,
      partition,
      offset: stretch.next,
      read: (raw) => (raw.offset < stretch.end ? readRecord(this.handlers, raw) : undefined),
      apply: async (chunk, signal) => {
        await this.apply(chunk, signal);
        stretch.next = chunk.next;
        this.finishIfRead();
      },
    };
  }

  private async apply(chunk: Chunk, signal: AbortSignal): Promise<void> {
    const readable = chunk.records.filter((record) => record.problem === undefined);
    try {
      const onFailure = () => this.db.metrics.failures.inc({ consumer: this.handlers.name, kind: 'dependency' });
      const longest = readable.length > 1 ? longestWhole : undefined;
      await whileDependenciesFail(() => this.applyAll(readable), { signal, onFailure, longest });
    } catch (error) {
      signal.throwIfAborted();
      const record = error instanceof HandlerFailed ? error.record : undefined;
      if (readable.length > 1) {
        for (const part of partsOf({ ...chunk, records: readable }, { record })) await this.apply(part, signal);
      } else this.passOver(readable[0], error);
    }
  }

  private async applyAll(records: ReadableRecord[]): Promise<void> {
    const [first] = records;
    if (!first) return;
    const { storage, slots, dispatch } = this.db;
    const applied = await slots.run(() =>
      storage.transaction(async (transaction) => {
        const place = { consumer: this.handlers.name, topic: first.topic };
        const parked = await transaction.lockParkedKeys(place, [...new Set(records.map(({ key }) => key))]);
        const live = records.filter(({ key }) => !parked.has(key));
        await dispatch.deliver(live, { ...transaction.handle, afterCommit: [] });
        return live.length;
      }),
    );
    this.applied += applied;
  }

  private passOver(record: ReadableRecord | undefined, error: unknown): void {
    const { topic, partition, offset, key, type } = record ?? {};
    const err = error instanceof HandlerFailed ? error.cause : error;
    this.db.logger.warn(
      { err, consumer: this.handlers.name, topic, partition, offset, key, type },
      'Passed over in a replay',
    );
  }

  private finishIfRead(): void {
    if ([...this.stretches.values()].every(({ next, end }) => next >= end)) this.finish();
  }
}
