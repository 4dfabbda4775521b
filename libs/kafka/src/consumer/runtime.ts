import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { LetterRetrier } from '../dead-letters/retrier.js';
import { LetterRunner } from '../dead-letters/runner.js';
import type { KafkaModuleOptions } from '../kafka-options.js';
import { within } from '../retry.js';
import { type Topics, withAdmin } from '../topics.js';
import { BroadcastConsumer, type BroadcastPosition } from './broadcast.js';
import type { ConsumerDatabase } from './chunk.js';
import type { FactDispatch } from './dispatch.js';
import type { FeedSource } from './generation.js';
import { ConsumerGroup, type ConsumerState } from './group.js';
import type { ConsumerHandlers } from './handlers.js';
import type { ConsumerMetrics } from './metrics.js';
import { ReplaySource } from './replay-source.js';
import { SharedConsumer } from './shared.js';

export interface RuntimeOptions extends Pick<KafkaModuleOptions, 'settings' | 'logger'> {
  kafka: Kafka;
  topics: Pick<Topics, 'ensure'>;
  dispatch: FactDispatch;
  metrics: ConsumerMetrics;
  /** Without it there can be broadcast consumers only. */
  database: ConsumerDatabase | undefined;
  onFatal(reason: Error): void;
}

interface Running {
  group: ConsumerGroup;
  /** The group is this process's own, and goes with it. */
  ownGroup?: string;
  broadcast?: BroadcastConsumer;
}

const inspectInterval = 10_000;
const stopWithin = 8_000;

/** All consumers of a service, running. */
export class ConsumerRuntime {
  private readonly consumers = new Map<string, ConsumerHandlers>();
  private readonly running: Running[] = [];
  private inspecting: NodeJS.Timeout | undefined;
  private retrier: LetterRetrier | undefined;

  constructor(private readonly o: RuntimeOptions) {}

  get states(): ConsumerState[] {
    return this.running.map(({ group }) => group.state);
  }

  /** See `KafkaTransport.position`. */
  position(consumer: string): BroadcastPosition | undefined {
    return this.running.find(({ group }) => group.state.name === consumer)?.broadcast?.position;
  }

  /** Returns at once: Kafka may be away. */
  start(consumers: Iterable<ConsumerHandlers>): void {
    for (const handlers of consumers) this.consumers.set(handlers.name, handlers);
    this.retrier = this.newRetrier();
    for (const handlers of this.consumers.values()) this.running.push(this.run(handlers));
    this.retrier?.start();
    this.inspecting = setInterval(() => void this.inspect(), inspectInterval);
    this.inspecting.unref();
  }

  /** Finishes what is being applied and leaves the groups, in at most 8 s. */
  async stop(): Promise<void> {
    clearInterval(this.inspecting);
    const stopped = Promise.all([this.retrier?.stop(), ...this.running.map((running) => this.end(running))]);
    if (!(await within(stopped, stopWithin))) this.o.logger.warn('Consumers did not stop in time');
  }

  /** What applies dead letters. @throws Error where there is no database */
  get letters(): LetterRunner {
    if (!this.o.database) throw new Error('Without a database there are no dead letters');
    return new LetterRunner(this.o.database, (consumer) => this.consumers.get(consumer));
  }

  /** See `Replayer`. */
  async replay(consumer: string, from: 'beginning' | Date): Promise<number> {
    const handlers = this.consumers.get(consumer);
    if (!handlers) throw new Error(`There is no consumer ${consumer}`);
    const { kind, replayable } = handlers.declaration;
    if (kind !== 'shared' || !replayable || !this.o.database) throw new Error(`Consumer ${consumer} is not replayable`);
    const source = new ReplaySource(this.o.database, handlers, from);
    const failed = Promise.withResolvers<never>();
    const ownGroup = `${this.groupId(handlers)}.replay-${randomUUID()}`;
    const group = this.group(handlers, { source, groupId: ownGroup, commits: false, onFatal: failed.reject });
    group.start();
    try {
      await Promise.race([source.done, failed.promise]);
    } finally {
      await this.end({ group, ownGroup });
    }
    return source.applied;
  }

  private run(handlers: ConsumerHandlers): Running {
    const { kind, name } = handlers.declaration;
    if (kind === 'broadcast') {
      const ownGroup = `${this.groupId(handlers)}.${this.o.settings.instance}.${randomUUID()}`;
      const broadcast = new BroadcastConsumer({ ...this.o, handlers });
      const group = this.group(handlers, { source: broadcast, groupId: ownGroup });
      group.start();
      return { group, ownGroup, broadcast };
    }
    if (!this.o.database) throw new Error(`Consumer ${name} needs a database: without one it can only be broadcast`);
    const source = new SharedConsumer(this.o.database, handlers, () => this.retrier?.wake());
    const group = this.group(handlers, { source, groupId: this.groupId(handlers) });
    group.start();
    return { group };
  }

  private group(
    { name, topics, declaration: { unhurried } }: ConsumerHandlers,
    own: { source: FeedSource; groupId: string; commits?: boolean; onFatal?: (reason: Error) => void },
  ): ConsumerGroup {
    const { kafka, settings, logger, onFatal } = this.o;
    const { prefix } = settings;
    const ensureTopics = (names: string[]) => this.o.topics.ensure(names);
    const common = { kafka, logger, name, topics, prefix, ensureTopics, unhurried };
    return new ConsumerGroup({ commits: true, onFatal, ...own, ...common });
  }

  private groupId({ name }: ConsumerHandlers): string {
    return `${this.o.settings.prefix}${this.o.settings.service}.${name}`;
  }

  private async end({ group, ownGroup }: Running): Promise<void> {
    await group.stop();
    if (!ownGroup) return;
    await withAdmin(this.o.kafka, (admin) => admin.deleteGroups([ownGroup])).catch((error: unknown) => {
      this.o.logger.debug({ err: error, group: ownGroup }, 'Could not delete a group, Kafka will');
    });
  }

  private newRetrier(): LetterRetrier | undefined {
    const { database, logger } = this.o;
    const shared = [...this.consumers.values()].some(({ declaration }) => declaration.kind === 'shared');
    return database && shared ? new LetterRetrier(this.letters, logger) : undefined;
  }

  private async inspect(): Promise<void> {
    for (const { group } of this.running) {
      await group
        .inspect()
        .catch((error: unknown) => this.o.logger.debug({ err: error }, 'Could not look at the logs'));
    }
  }
}
