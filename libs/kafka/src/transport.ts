import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { Kafka } from 'kafkajs';
import type { BroadcastPosition } from './consumer/broadcast.js';
import type { ConsumerDatabase } from './consumer/chunk.js';
import type { FactContext } from './consumer/context.js';
import { FactDispatch } from './consumer/dispatch.js';
import type { ConsumerState } from './consumer/group.js';
import { ConsumerHandlers } from './consumer/handlers.js';
import { ConsumerMetrics } from './consumer/metrics.js';
import { type ConsumerOptions, declarationFrom } from './consumer/options.js';
import { ConsumerRuntime } from './consumer/runtime.js';
import { Slots } from './consumer/slots.js';
import type { ParkedCount } from './consumer/storage.js';
import type { KafkaModuleOptions } from './kafka-options.js';
import { storageOf } from './storage.js';
import type { Topics } from './topics.js';

export interface TransportOptions
  extends Pick<KafkaModuleOptions, 'settings' | 'logger' | 'registry' | 'background' | 'mongo'> {
  kafka: Kafka;
  topics: Pick<Topics, 'ensure'>;
}

/**
 * Nest's side of the consumers: gathers what is declared with `@EventPattern(type, { consumer, ... })` and gives facts to it.
 * Connect it with `connectKafka(app)`.
 */
export class KafkaTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('plaza-kafka');
  // The dispatch hands a handler's error on: Nest need not report it.
  override readonly propagatesEventHandlerErrors = true;
  readonly runtime: ConsumerRuntime;
  readonly database: ConsumerDatabase | undefined;
  private readonly declared = new Map<string, ConsumerHandlers>();
  private readonly fatalListeners: Array<(reason: Error) => void> = [];

  constructor(private readonly o: TransportOptions) {
    super();
    const metrics = new ConsumerMetrics(
      o.registry,
      () => this.consumers,
      () => this.parked(),
    );
    const dispatch = new FactDispatch(
      (context, run) => this.around(context, run),
      ({ handler: { consumer }, type }, seconds) => metrics.handling.observe({ consumer, type }, seconds),
    );
    this.database = databaseOf(o, dispatch, metrics);
    const onFatal = (reason: Error) => this.fatal(reason);
    this.runtime = new ConsumerRuntime({ ...o, dispatch, metrics, database: this.database, onFatal });
  }

  /** The consumers of the service, as health sees them. */
  get consumers(): ConsumerState[] {
    return this.runtime.states;
  }

  /** Where a broadcast consumer of the service stands; undefined until it was given its partitions. */
  position(consumer: string): BroadcastPosition | undefined {
    return this.runtime.position(consumer);
  }

  /** `listener` is told, once, that a consumer can't be kept alive in this process; a supervisor should start a new one. */
  onFatal(listener: (reason: Error) => void): void {
    this.fatalListeners.push(listener);
  }

  /** Called by Nest for every method with `@EventPattern`. @throws Error for one that names no consumer */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras: object = {}): void {
    if (!isEventHandler || typeof pattern !== 'string' || !isConsumer(extras)) {
      throw new Error(
        `Facts are handled by @EventPattern('<type>', { consumer: '<purpose>' }), not by ${JSON.stringify(pattern)}`,
      );
    }
    const handlers = this.declared.get(extras.consumer) ?? new ConsumerHandlers(declarationFrom(extras));
    handlers.add(pattern, callback, extras);
    this.declared.set(extras.consumer, handlers);
    super.addHandler(`${extras.consumer}:${pattern}`, callback, isEventHandler, extras);
  }

  /** Calls back at once: the consumers connect in the background. */
  listen(callback: () => void): void {
    this.runtime.start(this.declared.values());
    callback();
  }

  close(): Promise<void> {
    return this.runtime.stop();
  }

  on(): never {
    throw new Error('The Kafka transport emits no events: see `consumers` and `onFatal`');
  }

  unwrap<T>(): T {
    return this.o.kafka as T;
  }

  private async around(context: FactContext, run: () => Promise<void>): Promise<void> {
    await this.runWithProcessingHooks(context, async (end) => {
      try {
        await run();
      } finally {
        end();
      }
    });
  }

  private fatal(reason: Error): void {
    this.o.logger.fatal({ err: reason }, 'A consumer can not be kept alive');
    for (const listener of this.fatalListeners.splice(0)) listener(reason);
  }

  private async parked(): Promise<ParkedCount[] | undefined> {
    try {
      return await this.database?.storage.parkedCounts();
    } catch (error) {
      // The other metrics must be readable while the database is away.
      this.o.logger.debug({ err: error }, 'Could not count the parked keys');
      return undefined;
    }
  }
}

function isConsumer(extras: object): extras is ConsumerOptions {
  return 'consumer' in extras && typeof extras.consumer === 'string';
}

function databaseOf(
  { background, mongo, settings, logger }: TransportOptions,
  dispatch: FactDispatch,
  metrics: ConsumerMetrics,
): ConsumerDatabase | undefined {
  const database = background ?? mongo?.background;
  if (!database) return undefined;
  const storage = storageOf(database);
  const slots = new Slots(storage.transactionsAtOnce);
  return { service: settings.service, storage, slots, dispatch, metrics, logger };
}
