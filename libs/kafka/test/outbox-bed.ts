import { randomUUID } from 'node:crypto';
import { type FactClass, fact } from '@plaza/contracts';
import { deleteTopics, eventually, kafkaPrefix, testServers } from '@plaza/testing';
import { type Kafka, Kafka as KafkaJS, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createKafka } from '../src/client.js';
import { KafkaLink } from '../src/kafka-link.js';
import type { KafkaSettings } from '../src/settings.js';
import { withAdmin } from '../src/topics.js';
import { NoteWritten } from './note.facts.js';
import type { Notes, Producer } from './notes.js';
import { MongoNotes } from './notes-mongo.js';
import { PostgresNotes } from './notes-postgres.js';

/** A record as the tests look at it. */
export interface Published {
  topic: string;
  partition: number;
  offset: string;
  key: string;
  headers: Record<string, string>;
  fact: Record<string, unknown>;
}

export interface Instance extends Producer {
  link: KafkaLink;
  registry: Registry;
  stop(): Promise<void>;
}

export const databases = ['PostgreSQL', 'MongoDB'] as const;
export type DatabaseName = (typeof databases)[number];

export interface OutboxBedOptions {
  /** Default: PostgreSQL. */
  on?: DatabaseName;
  brokers?: string;
  /** Of another server than that of the tests. */
  databaseUrl?: string;
  partitions?: number;
}

/** A database with an outbox, a prefix in Kafka, and as many instances of the service as a test starts. */
export class OutboxBed<N extends Notes = Notes> {
  private readonly instances: Instance[] = [];

  private constructor(
    readonly on: DatabaseName,
    readonly notes: N,
    readonly settings: KafkaSettings,
  ) {}

  /** On the servers of the tests, or on others, which the test must then clean up itself. */
  static async start(o: OutboxBedOptions = {}): Promise<OutboxBed> {
    const notes = o.on === 'MongoDB' ? await MongoNotes.start(o.databaseUrl) : await PostgresNotes.start(o.databaseUrl);
    return new OutboxBed(o.on ?? 'PostgreSQL', notes, settingsFor(o));
  }

  static async onPostgres(): Promise<OutboxBed<PostgresNotes>> {
    return new OutboxBed('PostgreSQL', await PostgresNotes.start(), settingsFor({}));
  }

  static async onMongo(o: OutboxBedOptions = {}): Promise<OutboxBed<MongoNotes>> {
    return new OutboxBed('MongoDB', await MongoNotes.start(), settingsFor(o));
  }

  /** Another instance. Its relay is not started. */
  async instance(o: { afterRead?: () => Promise<void> } = {}): Promise<Instance> {
    const settings = { ...this.settings, instance: randomUUID() };
    const logger = pino({ level: process.env.PLAZA_TEST_LOG ?? 'silent' });
    const registry = new Registry();
    const link = new KafkaLink();
    const options = { settings, logger, registry };
    const producer = await this.notes.producer(options, createKafka(settings, logger), link, o);
    let stopped: Promise<void> | undefined;
    const stopOnce = async (): Promise<void> => {
      await producer.relay.stop();
      await producer.close();
    };
    const stop = (): Promise<void> => {
      stopped ??= stopOnce();
      return stopped;
    };
    const instance = { ...producer, link, registry, stop };
    this.instances.push(instance);
    return instance;
  }

  /** Another instance, publishing or ready to. */
  async running(): Promise<Instance> {
    const instance = await this.instance();
    instance.relay.start();
    return instance;
  }

  /** Adds a fact as a service does. Returns its version. */
  async write<T extends object>(instance: Producer, cls: FactClass<T>, values: T): Promise<number> {
    return instance.add(fact(cls, values));
  }

  async written(instance: Producer, note: string, number: number, text = ''): Promise<number> {
    return this.write(instance, NoteWritten, { note, number, text });
  }

  /** Waits until nothing is left that can be published. */
  async published(withinMs = 20_000): Promise<void> {
    await eventually(
      async () => {
        const waiting = await this.notes.waiting();
        if (waiting !== 0) throw new Error(`${waiting} facts are not published`);
      },
      { withinMs },
    );
  }

  /** All records of a topic (without prefix), by partition and offset. */
  async records(topic: string): Promise<Published[]> {
    return readAll(this.kafka(), `${this.settings.prefix}${topic}`);
  }

  kafka(): Kafka {
    const retry = { initialRetryTime: 100, retries: 10 };
    return new KafkaJS({ brokers: this.settings.brokers, logLevel: logLevel.NOTHING, retry });
  }

  async stop(): Promise<void> {
    for (const instance of this.instances) await instance.stop();
    await this.notes.stop();
    if (this.settings.brokers.join() === testServers().kafkaBrokers) await deleteTopics(this.settings.prefix);
  }
}

function settingsFor(o: OutboxBedOptions): KafkaSettings {
  return {
    brokers: (o.brokers ?? testServers().kafkaBrokers).split(','),
    prefix: kafkaPrefix(),
    service: 'post-service',
    instance: 'test',
    partitions: o.partitions ?? 1,
    replicationFactor: 1,
  };
}

async function readAll(kafka: Kafka, topic: string): Promise<Published[]> {
  const ends = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  const waiting = new Map(ends.filter((it) => it.high !== it.low).map((it) => [it.partition, BigInt(it.high)]));
  const records: Published[] = [];
  if (waiting.size === 0) return records;
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
    void consumer.run({
      eachMessage: async ({ partition, message }) => {
        const headers = Object.fromEntries(
          Object.entries(message.headers ?? {}).map(([name, it]) => [name, String(it)]),
        );
        const value = JSON.parse(String(message.value));
        records.push({ topic, partition, offset: message.offset, key: String(message.key), headers, fact: value });
        if (BigInt(message.offset) + 1n >= (waiting.get(partition) ?? 0n)) waiting.delete(partition);
        if (waiting.size === 0) resolve();
      },
    });
  });
  await consumer.disconnect();
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset) - Number(b.offset));
}
