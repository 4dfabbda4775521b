import { randomUUID } from 'node:crypto';
import { type FactClass, fact } from '@plaza/contracts';
import { createTestDatabase, deleteTopics, eventually, kafkaPrefix, testServers } from '@plaza/testing';
import { type Kafka, Kafka as KafkaJS, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { DataSource, type EntityManager } from 'typeorm';
import { createKafka } from '../src/client.js';
import { KafkaLink } from '../src/kafka-link.js';
import { kafkaMigrations } from '../src/migrations.js';
import type { RepublishSource } from '../src/outbox/republish-source.js';
import { createProducing, type Producing } from '../src/producing.js';
import type { KafkaSettings } from '../src/settings.js';
import { NoteKept, NoteWritten } from './note.facts.js';

/** A record as the tests look at it. */
export interface Published {
  topic: string;
  partition: number;
  offset: string;
  key: string;
  headers: Record<string, string>;
  fact: Record<string, unknown>;
}

/** One instance of a service: its own pool, relay and metrics. */
export interface Instance extends Producing {
  dataSource: DataSource;
  link: KafkaLink;
  registry: Registry;
  stop(): Promise<void>;
}

/** A database with an outbox and a table of notes, a prefix in Kafka, and as many instances of the service as a test starts. */
export class OutboxBed {
  private readonly instances: Instance[] = [];

  private constructor(
    readonly database: { url: string; drop(): Promise<void> },
    readonly dataSource: DataSource,
    readonly settings: KafkaSettings,
  ) {}

  /** On the servers of the tests, or on others, which the test must then clean up itself. */
  static async start(o: { brokers?: string; postgresUrl?: string; partitions?: number } = {}): Promise<OutboxBed> {
    const database = o.postgresUrl
      ? { url: o.postgresUrl, drop: async () => undefined }
      : await createTestDatabase({ template: 'outbox', migrate });
    if (o.postgresUrl) await migrate(o.postgresUrl);
    const dataSource = await connect(database.url, 20);
    const brokers = (o.brokers ?? testServers().kafkaBrokers).split(',');
    const settings: KafkaSettings = {
      brokers,
      prefix: kafkaPrefix(),
      service: 'post-service',
      instance: 'test',
      partitions: o.partitions ?? 1,
      replicationFactor: 1,
    };
    return new OutboxBed(database, dataSource, settings);
  }

  /** Another instance. Its relay is not started. */
  async instance(o: { republish?: RepublishSource[] } = {}): Promise<Instance> {
    const dataSource = await connect(this.database.url, 3);
    const settings = { ...this.settings, instance: randomUUID() };
    const logger = pino({ level: process.env.PLAZA_TEST_LOG ?? 'silent' });
    const registry = new Registry();
    const link = new KafkaLink();
    const options = { settings, logger, registry, background: dataSource, republish: o.republish ?? [keptNotes] };
    const producing = createProducing(options, createKafka(settings, logger), link);
    const stop = async (): Promise<void> => {
      if (!dataSource.isInitialized) return;
      await producing.relay.stop();
      await dataSource.destroy();
    };
    const instance = { ...producing, dataSource, link, registry, stop };
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
  async write<T extends object>({ outbox }: Producing, cls: FactClass<T>, values: T): Promise<number> {
    return this.dataSource.transaction((manager) => outbox.add(manager, fact(cls, values)));
  }

  async written(producing: Producing, note: string, number: number, text = ''): Promise<number> {
    return this.write(producing, NoteWritten, { note, number, text });
  }

  /** Waits until nothing is left that can be published. */
  async published(withinMs = 20_000): Promise<void> {
    await eventually(
      async () => {
        const [row] = await this.dataSource.query(
          `SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL AND failed_reason IS NULL)
                + (SELECT count(*) FROM relay_republish) AS waiting`,
        );
        if (row.waiting !== '0') throw new Error(`${row.waiting} facts are not published`);
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
    await this.dataSource.destroy();
    await this.database.drop();
    if (this.settings.brokers.join() === testServers().kafkaBrokers) await deleteTopics(this.settings.prefix);
  }
}

/** What publishes `kept-note` anew: the rows of `notes`. */
export const keptNotes: RepublishSource = {
  topic: 'kept-note',
  async read(manager: EntityManager, after: string | null, limit: number) {
    const rows = await manager.query(`SELECT note, number, version FROM notes WHERE note > $1 ORDER BY note LIMIT $2`, [
      after ?? '',
      limit,
    ]);
    return rows.map(({ note, number, version }: { note: string; number: number; version: string }) => ({
      cursor: note,
      fact: fact(NoteKept, { note, number }),
      version: Number(version),
    }));
  },
};

async function migrate(url: string): Promise<void> {
  const dataSource = await new DataSource({ type: 'postgres', url, migrations: kafkaMigrations }).initialize();
  await dataSource.runMigrations();
  await dataSource.query(`CREATE TABLE notes (note text COLLATE "C" PRIMARY KEY, number integer, version bigint)`);
  await dataSource.destroy();
}

async function connect(url: string, poolSize: number): Promise<DataSource> {
  return new DataSource({ type: 'postgres', url, poolSize, entities: [] }).initialize();
}

async function readAll(kafka: Kafka, topic: string): Promise<Published[]> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
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
