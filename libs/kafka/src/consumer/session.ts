import type { Assignment, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import { within } from '../retry.js';
import { plazaAssigner } from './assigner.js';
import { chunkWait, type FeedSource, type FetchControl, Generation } from './generation.js';
import { ClusterLog, type TopicPartition } from './log.js';

export interface SessionOptions {
  kafka: Kafka;
  groupId: string;
  /** Put before the names of topics. */
  prefix: string;
  /** Without prefix. */
  topics: string[];
  source: FeedSource;
  /** Tell Kafka the positions, for those who look there: they are never read. */
  commits: boolean;
  /** Have Kafka gather records instead of answering with the first one. Default: false. */
  unhurried?: boolean;
  logger: Logger;
}

// An idle fetch returns after maxWaitTimeInMs, and heartbeats go out between fetches only.
const consumerSettings = {
  sessionTimeout: 6_000,
  heartbeatInterval: 1_500,
  maxWaitTimeInMs: 500,
  rebalanceTimeout: 15_000,
  retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3, restartOnFailure: async () => false },
};
/** Bytes for which Kafka waits, at most as long as an idle fetch takes. */
const gatheredBytes = 131_072;
const commitInterval = 250;
const partitionsAtOnce = 32;

/** The life of one kafkajs consumer: from its start until it crashes or is stopped. */
export class ConsumerSession {
  /** Resolves with the reason when the consumer has crashed. */
  readonly crashed: Promise<Error>;
  generation: Generation | undefined;
  log: ClusterLog | undefined;
  /** When Kafka last answered a fetch, empty or not. */
  fetchedAt = Date.now();
  private readonly consumer: Consumer;
  private holds: Assignment = {};
  private committing: NodeJS.Timeout | undefined;
  private underWay = false;
  private stopping = false;
  private readonly committed = new Map<string, number>();

  constructor(private readonly o: SessionOptions) {
    this.consumer = o.kafka.consumer({
      ...consumerSettings,
      groupId: o.groupId,
      ...(o.unhurried && { minBytes: gatheredBytes }),
      partitionAssigners: [
        ({ cluster }) => {
          this.log = new ClusterLog(cluster, o.prefix);
          return plazaAssigner(cluster, () => this.holds);
        },
      ],
    });
    const { GROUP_JOIN, CRASH, FETCH } = this.consumer.events;
    this.crashed = new Promise((resolve) => this.consumer.on(CRASH, ({ payload }) => resolve(payload.error)));
    this.consumer.on(FETCH, () => {
      this.fetchedAt = Date.now();
    });
    // Called before the first fetch of the new generation.
    this.consumer.on(GROUP_JOIN, ({ payload }) => this.joined(payload.memberAssignment));
  }

  /** @throws while Kafka is away */
  async start(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: this.o.topics.map((name) => this.o.prefix + name), fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: partitionsAtOnce,
      eachBatch: (payload) => this.take(payload),
    });
    if (this.o.commits) this.committing = setInterval(() => void this.commit(), commitInterval);
  }

  /** Finishes the chunks that are being applied, unless they hang, and leaves the group. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.committing);
    const stopped = await within(this.generation?.stop() ?? Promise.resolve(), chunkWait);
    if (!stopped) this.o.logger.warn({ group: this.o.groupId }, 'Leaving a group although a chunk is not through');
    if (this.o.commits) await this.commit();
    await this.consumer.disconnect();
  }

  private joined(assignment: Assignment): void {
    const { source, logger, prefix } = this.o;
    if (!this.log) throw new Error('A consumer joined its group before it had an assigner');
    if (this.stopping) return;
    this.holds = assignment;
    this.committed.clear();
    const partitions = Object.entries(assignment).flatMap(([topic, ids]) => {
      return ids.map((partition) => ({ topic: topic.slice(prefix.length), partition }));
    });
    const former = this.generation;
    this.generation = new Generation(partitions, { source, logger, log: this.log, control: this.control() });
    this.generation.start(former);
  }

  // Whatever is thrown here stops kafkajs's fetching, for good if it is a TypeError.
  private async take({ batch, isStale }: EachBatchPayload): Promise<void> {
    const topic = batch.topic.slice(this.o.prefix.length);
    try {
      await this.generation?.take(batch, topic, isStale);
    } catch (error) {
      this.o.logger.error({ err: error, topic, partition: batch.partition }, 'Could not take a batch');
      this.generation?.restart({ topic, partition: batch.partition });
    }
  }

  private control(): FetchControl {
    const named = ({ topic, partition }: TopicPartition) => ({ topic: this.o.prefix + topic, partition });
    const listed = (one: TopicPartition) => [{ topic: this.o.prefix + one.topic, partitions: [one.partition] }];
    return {
      seek: (partition, offset) => this.tell(() => this.consumer.seek({ ...named(partition), offset: String(offset) })),
      pause: (partition) => this.tell(() => this.consumer.pause(listed(partition))),
      resume: (partition) => this.tell(() => this.consumer.resume(listed(partition))),
    };
  }

  // A consumer that has just crashed can't be told anything. What comes after it begins anew.
  private tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.o.logger.debug({ err: error }, 'A consumer is gone');
    }
  }

  private async commit(): Promise<void> {
    const moved = [...(this.generation?.feeds ?? [])].flatMap(([name, { work, position }]) => {
      return this.committed.get(name) === position
        ? []
        : [{ name, topic: work.topic, partition: work.partition, position }];
    });
    if (moved.length === 0 || this.underWay) return;
    this.underWay = true;
    try {
      await this.consumer.commitOffsets(
        moved.map(({ topic, partition, position }) => {
          return { topic: this.o.prefix + topic, partition, offset: String(position) };
        }),
      );
      for (const { name, position } of moved) this.committed.set(name, position);
    } catch (error) {
      this.o.logger.debug({ err: error }, 'Could not tell Kafka the positions');
    } finally {
      this.underWay = false;
    }
  }
}
