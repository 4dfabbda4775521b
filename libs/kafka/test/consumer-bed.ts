import { randomUUID } from 'node:crypto';
import { declarationByType, factHeaders } from '@plaza/contracts';
import { deleteTopics, eventually, kafkaPrefix, testServers } from '@plaza/testing';
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createKafka } from '../src/client.js';
import type { FactContext } from '../src/consumer/context.js';
import { InboxCleaner } from '../src/consumer/inbox-cleaner.js';
import type { ConsumerOptions } from '../src/consumer/options.js';
import { Replayer } from '../src/consumer/replay.js';
import { DeadLetters } from '../src/dead-letters/dead-letters.js';
import type { KafkaModuleOptions } from '../src/kafka-options.js';
import type { KafkaSettings } from '../src/settings.js';
import { storageOf } from '../src/storage.js';
import { Topics } from '../src/topics.js';
import { KafkaTransport } from '../src/transport.js';
import { type Ledger, type LedgerPool, writeStep } from './ledger.js';
import { MongoLedger } from './ledger-mongo.js';
import { PostgresLedger } from './ledger-postgres.js';
import './parcel.facts.js';

export type Handler = (payload: never, context: FactContext) => unknown;

/** A fact to be published; `step` tells the facts of a key apart. */
export interface Step {
  key: string;
  step: number;
  type?: string;
  id?: string;
  version?: number;
  snapshot?: boolean;
  /** Instead of what the fact would be. */
  value?: string | null;
  partition?: number;
}

/** One instance of a service. */
export interface Instance {
  transport: KafkaTransport;
  letters: DeadLetters;
  replayer: Replayer;
  cleaner: InboxCleaner;
  registry: Registry;
  fatal: Error[];
  stop(): Promise<void>;
}

/** Consumer, type and method, as `@EventPattern` would declare them. */
export type Method = [ConsumerOptions, string | string[], Handler];

export const databases = ['PostgreSQL', 'MongoDB'] as const;

export interface BedOptions {
  /** Default: PostgreSQL. */
  on?: (typeof databases)[number];
  brokers?: string;
  /** Of another server than that of the tests. */
  databaseUrl?: string;
  partitions?: number;
}

/** A database and a prefix in Kafka, and as many instances of a service with consumers as a test starts. */
export class ConsumerBed {
  private readonly instances: Instance[] = [];
  private producer: Producer | undefined;

  private constructor(
    readonly ledger: Ledger,
    readonly settings: KafkaSettings,
  ) {}

  static async start(o: BedOptions = {}): Promise<ConsumerBed> {
    const ledger = await (o.on === 'MongoDB' ? MongoLedger : PostgresLedger).start(o.databaseUrl);
    const settings: KafkaSettings = {
      brokers: (o.brokers ?? testServers().kafkaBrokers).split(','),
      prefix: kafkaPrefix(),
      service: 'post-service',
      instance: 'test',
      partitions: o.partitions ?? 1,
      replicationFactor: 1,
    };
    return new ConsumerBed(ledger, settings);
  }

  /** Another instance with these methods. */
  async instance(...methods: Method[]): Promise<Instance> {
    const instance = await startInstance(
      await this.ledger.pool(),
      { ...this.settings, instance: randomUUID() },
      methods,
    );
    this.instances.push(instance);
    return instance;
  }

  /** Publishes facts, all of them in this order. Returns their ids. */
  async publish(...steps: Step[]): Promise<string[]> {
    const producer = await this.connected();
    const messages = steps.map((step) => ({ topic: this.topicOf(step), message: messageOf(step) }));
    const byTopic = Map.groupBy(messages, ({ topic }) => topic);
    const topicMessages = [...byTopic].map(([topic, some]) => ({
      topic,
      messages: some.map(({ message }) => message),
    }));
    await producer.sendBatch({ topicMessages });
    return messages.map(({ message }) => String(message.headers?.ce_id));
  }

  /** Publishes facts in a transaction that is aborted: their offsets are taken, but nobody may see them. */
  async abort(...steps: Step[]): Promise<void> {
    const producer = this.kafka().producer({ transactionalId: randomUUID(), maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: `${this.settings.prefix}parcel`, messages: steps.map(messageOf) });
    await transaction.abort();
    await producer.disconnect();
  }

  async send(topic: string, ...messages: Message[]): Promise<void> {
    const producer = await this.connected();
    await producer.send({ topic: this.settings.prefix + topic, messages });
  }

  /** What handlers wrote with `apply`, in the order of their commits... of one key, which is what matters. */
  async applied(consumer: string, key?: string): Promise<number[]> {
    return this.ledger.applied(consumer, key);
  }

  /** Waits until exactly these steps have been applied, in this order. */
  async expectApplied(consumer: string, key: string, steps: number[], withinMs?: number): Promise<void> {
    await eventually(
      async () => {
        const applied = await this.applied(consumer, key);
        if (applied.join() !== steps.join()) throw new Error(`${consumer} applied ${applied} of ${key}, not ${steps}`);
      },
      { withinMs },
    );
  }

  /** Waits until the consumer's positions are at the ends of its logs. */
  async expectAllRead(consumer: string, withinMs = 20_000): Promise<void> {
    await this.withAdmin(async (admin) => {
      await eventually(
        async () => {
          const positions = await this.ledger.positions(consumer);
          if (positions.length === 0) throw new Error(`${consumer} has no positions yet`);
          for (const topic of new Set(positions.map((position) => position.topic))) {
            for (const { partition, high } of await admin.fetchTopicOffsets(this.settings.prefix + topic)) {
              const at = positions.find(
                (position) => position.topic === topic && position.partition === partition,
              )?.offset;
              if (at !== high) throw new Error(`${consumer} is at ${at} of ${high} in ${topic}/${partition}`);
            }
          }
        },
        { withinMs },
      );
    });
  }

  kafka(): Kafka {
    const retry = { initialRetryTime: 100, retries: 10 };
    return new Kafka({ brokers: this.settings.brokers, logLevel: logLevel.NOTHING, retry });
  }

  async withAdmin<T>(use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = this.kafka().admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }

  /** Connects anew, and makes the topics that are gone. */
  async forgetKafka(): Promise<void> {
    await this.producer?.disconnect();
    this.producer = undefined;
  }

  /** Makes the topics as a publishing service would. */
  async makeTopics(): Promise<void> {
    const kafka = createKafka(this.settings, pino({ level: 'silent' }));
    const topics = new Topics(kafka, this.settings);
    // A busy broker may not know yet what it has just made, and says so.
    await eventually(() => topics.ensure(['parcel', 'shelf', 'user.deleted']));
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
    await this.producer?.disconnect();
    await deleteTopics(this.settings.prefix).catch(() => undefined);
    await this.ledger.stop();
  }

  private async connected(): Promise<Producer> {
    if (this.producer) return this.producer;
    await this.makeTopics();
    // Idempotent, as the relay's: a send that kafkajs repeats must not put its records there twice.
    this.producer = this.kafka().producer({ allowAutoTopicCreation: false, idempotent: true, maxInFlightRequests: 1 });
    await this.producer.connect();
    return this.producer;
  }

  private topicOf({ type = 'parcel.moved' }: Step): string {
    return this.settings.prefix + (declarationByType(type)?.topic ?? 'parcel');
  }
}

/** Steps 1 to `count` of a key. */
export function steps(key: string, count: number): Step[] {
  return upTo(count).map((step) => ({ key, step }));
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** Writes down that the fact was applied, in its transaction. */
export async function apply(consumer: string, { step }: { step: number }, context: FactContext): Promise<void> {
  await writeStep(context, { consumer, key: context.key, step });
}

export async function startInstance(pool: LedgerPool, settings: KafkaSettings, methods: Method[]): Promise<Instance> {
  const { database } = pool;
  const logger = pino({ level: process.env.PLAZA_TEST_LOG ?? 'silent' });
  const registry = new Registry();
  const kafka = createKafka(settings, logger);
  const topics = new Topics(kafka, settings);
  const transport = new KafkaTransport({ settings, logger, registry, ...databaseOption(database), kafka, topics });
  for (const method of methods) declare(transport, method);
  const fatal: Error[] = [];
  transport.onFatal((reason) => fatal.push(reason));
  transport.listen(() => undefined);
  const stop = async (): Promise<void> => {
    await transport.close();
    await pool.close();
  };
  const storage = storageOf(database);
  const letters = new DeadLetters(storage, transport.runtime.letters);
  const replayer = new Replayer(transport.runtime);
  const cleaner = new InboxCleaner(storage, kafka, settings.prefix);
  return { transport, letters, replayer, cleaner, registry, fatal, stop };
}

function declare(transport: KafkaTransport, [options, types, handler]: Method): void {
  const extras = { ...options };
  for (const type of [types].flat()) {
    transport.addHandler(type, async (payload, context) => handler(payload as never, context), true, extras);
  }
}

/** The pool of a process of its own. */
export function poolOf(url: string): Promise<LedgerPool> {
  return (url.startsWith('mongodb') ? MongoLedger : PostgresLedger).poolOf(url);
}

/** The options of a module or a transport that are of the database. */
export function databaseOption(database: LedgerPool['database']): Pick<KafkaModuleOptions, 'background' | 'mongo'> {
  return 'databaseName' in database ? { mongo: { background: database } } : { background: database };
}

export function messageOf({ key, step, type = 'parcel.moved', partition, snapshot = false, ...o }: Step): Message {
  const envelope = { id: o.id ?? randomUUID(), type, key, time: new Date(), version: o.version ?? step, snapshot };
  const payload = type === 'user.deleted' ? { id: key, deletedAt: new Date().toISOString() } : { parcel: key, step };
  const value = o.value === undefined ? JSON.stringify(payload) : o.value;
  return { key, value, partition, headers: factHeaders(envelope, 'post-service') };
}
