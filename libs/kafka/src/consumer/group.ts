import { backoff, isDependencyFailure, pause } from '../retry.js';
import type { PartitionFeed } from './feed.js';
import { partitionName } from './log.js';
import { ConsumerSession, type SessionOptions } from './session.js';

export interface GroupOptions extends SessionOptions {
  /** Of the consumer, for health. */
  name: string;
  /** Makes the topics (names without prefix) that are missing. */
  ensureTopics(names: string[]): Promise<void>;
  /** Milliseconds before the next try after so many failures. */
  backoff?(failures: number): number;
  /** The consumer can't be kept alive in this process. */
  onFatal(reason: Error): void;
}

/** One consumer as health sees it. */
export interface ConsumerState {
  name: string;
  state: 'connecting' | 'running' | 'stopped';
  /** Records that are in Kafka and not yet applied, in the partitions of this process; undefined until known. */
  lag: number | undefined;
}

const crashesForgottenAfter = 60_000;
const crashesAllowed = 5;
const noProgressAllowed = 30_000;

/** Keeps a consumer alive: while Kafka is away it tries for ever, and after a crash it begins anew a few times. */
export class ConsumerGroup {
  private readonly stopping = new AbortController();
  private session: ConsumerSession | undefined;
  private living: Promise<void> | undefined;
  private crashes = 0;
  private joined = false;

  constructor(private readonly o: GroupOptions) {}

  get state(): ConsumerState {
    const state = this.stopping.signal.aborted ? 'stopped' : this.joined ? 'running' : 'connecting';
    const feeds = this.session?.generation?.feeds;
    const lags = feeds ? [...feeds.values()].map(({ end, position }) => Math.max(end - position, 0)) : undefined;
    return {
      name: this.o.name,
      state,
      lag: this.session?.generation?.ready ? lags?.reduce((a, b) => a + b, 0) : undefined,
    };
  }

  /** Returns at once. */
  start(): void {
    this.living = this.keepAlive();
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('The consumer is stopping'));
    await this.living;
  }

  /** Looks how far behind it is. To be called now and then: lag without progress for long means that it hangs. */
  async inspect(now = Date.now()): Promise<void> {
    const { generation, log, fetchedAt = 0 } = this.session ?? {};
    if (!log || !generation || generation.feeds.size === 0) return;
    const feeds = [...generation.feeds.values()];
    const { partitions } = await log.look(feeds.map(({ work }) => work));
    const ends = new Map(partitions.map(({ topic, partition, end }) => [partitionName(topic, partition), end]));
    // The end of a log may lie behind its last record: a feed whose fetches come back empty has read everything.
    const fetching = now - fetchedAt < noProgressAllowed / 2;
    for (const feed of feeds) {
      feed.end = Math.max(feed.end, ends.get(partitionName(feed.work.topic, feed.work.partition)) ?? 0);
      const nothingToDo = feed.position >= feed.end || (fetching && generation.asksForMore(feed));
      if (nothingToDo || feed.work.waiting) feed.movedAt = now;
      if (now - feed.movedAt > noProgressAllowed) this.hangs(feed);
    }
  }

  private hangs({ work: { topic, partition } }: PartitionFeed): void {
    this.o.onFatal(new Error(`Consumer ${this.o.name} makes no progress in ${topic}/${partition}`));
  }

  private async keepAlive(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 1; !signal.aborted; failures++) {
      const started = Date.now();
      try {
        await this.live();
      } catch (error) {
        if (Date.now() - started > crashesForgottenAfter) this.crashes = failures = 0;
        if (this.failed(error, failures) === 'gave up') return;
      }
      await pause((this.o.backoff ?? backoff)(failures + 1), signal).catch(() => undefined);
    }
  }

  private failed(error: unknown, failures: number): 'gave up' | 'again' {
    const { name: consumer, logger } = this.o;
    const crashed = this.joined && !isKafkaAway(error);
    this.joined = false;
    if (!crashed) {
      if (failures % 10 === 1) logger.warn({ err: error, consumer, failures }, 'Kafka is away, trying again');
      return 'again';
    }
    this.crashes++;
    logger.error({ err: error, consumer, crashes: this.crashes }, 'A consumer crashed');
    if (this.crashes <= crashesAllowed) return 'again';
    this.o.onFatal(error instanceof Error ? error : new Error(String(error)));
    return 'gave up';
  }

  /** Resolves when stopped. @throws when the consumer did not start, or crashed */
  private async live(): Promise<void> {
    const { signal } = this.stopping;
    await this.o.ensureTopics(this.o.topics);
    if (signal.aborted) return;
    this.session = new ConsumerSession(this.o);
    const stopped = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
    try {
      await this.session.start();
      this.joined = true;
      const crash = await Promise.race([this.session.crashed, stopped]);
      if (crash) throw crash;
    } finally {
      await this.session.stop().catch((error: unknown) => {
        this.o.logger.debug({ err: error, consumer: this.o.name }, 'A consumer did not leave its group in order');
      });
    }
  }
}

/** Whether kafkajs gave up on something that Kafka itself, or the way to it, is to blame for. */
function isKafkaAway(error: unknown): boolean {
  const cause = rootCause(error);
  return isDependencyFailure(cause) || (cause instanceof Error && 'retriable' in cause && cause.retriable === true);
}

function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error && cause.cause !== cause) cause = cause.cause;
  return cause;
}
