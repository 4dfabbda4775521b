import { randomUUID } from 'node:crypto';
import { createMongoDatabase, type TestMongoDatabase } from '@plaza/testing';
import { type Db, MongoClient } from 'mongodb';
import { kafkaMongoMigrations } from '../src/migrations.js';
import { consumerCollections, parkedId } from '../src/mongo/consumer-documents.js';
import { outboxCollections } from '../src/mongo/documents.js';
import type { Ledger, LedgerPool, ParkedRow } from './ledger.js';

const day = 86_400_000;

interface AppliedDocument {
  consumer: string;
  key: string;
  step: number;
  /** Milliseconds by the clock of this machine, which all processes of a test share. */
  at: number;
}

export class MongoLedger implements Ledger {
  private constructor(private readonly database: TestMongoDatabase) {}

  /** On the server of the tests, or on another one. */
  static async start(url?: string): Promise<MongoLedger> {
    const database = await createMongoDatabase(url);
    for (const { up } of kafkaMongoMigrations) await up(database.db);
    await database.db.createCollection('applied');
    return new MongoLedger(database);
  }

  static async poolOf(url: string): Promise<LedgerPool> {
    const options = { maxPoolSize: 6, timeoutMS: 5_000, serverSelectionTimeoutMS: 1_000 };
    const client = await new MongoClient(url, options).connect();
    return { database: client.db(), close: () => client.close() };
  }

  get url(): string {
    return this.database.url;
  }

  pool(): Promise<LedgerPool> {
    return MongoLedger.poolOf(this.url);
  }

  // Not in that of their places in the collection: after a crash MongoDB gives them new ones.
  async applied(consumer: string, key?: string): Promise<number[]> {
    const steps = this.db.collection<AppliedDocument>('applied');
    const found = await steps
      .find({ consumer, ...(key !== undefined && { key }) })
      .sort({ at: 1 })
      .toArray();
    return found.map(({ step }) => step);
  }

  async clearApplied(): Promise<void> {
    await this.db.collection('applied').deleteMany({});
  }

  async positions(consumer: string): ReturnType<Ledger['positions']> {
    const found = await consumerCollections.positions(this.db).find({ consumer }).toArray();
    return found.map(({ topic, kafka_partition: partition, next_offset, cluster_id: clusterId }) => {
      return { topic, partition, offset: String(next_offset), clusterId };
    });
  }

  async parkedKeys(): Promise<ParkedRow[]> {
    const found = await consumerCollections.parked(this.db).find().sort({ key: 1 }).toArray();
    return found.map(({ key, state, attempts }) => ({ key, state, attempts }));
  }

  async park(consumer: string, topic: string, key: string): Promise<void> {
    const [now, counts] = [new Date(), { attempts: 4, letters: 0, locks: 0 }];
    const where = { _id: parkedId({ consumer, topic, key }), consumer, topic, key };
    const state = { state: 'PARKED', reason: 'earlier', next_try_at: now, parked_at: now } as const;
    await consumerCollections.parked(this.db).insertOne({ ...where, ...state, ...counts });
  }

  async announced(): Promise<unknown[]> {
    const found = await outboxCollections.outbox(this.db).find().toArray();
    return found.map(({ topic, key, type, payload }) => ({ topic, key, type, payload: JSON.parse(payload) }));
  }

  async marks(): ReturnType<Ledger['marks']> {
    const found = await consumerCollections.inbox(this.db).find().sort({ kafka_offset: 1 }).toArray();
    return found.map(({ kafka_partition: partition, kafka_offset }) => ({ partition, offset: String(kafka_offset) }));
  }

  async mark(consumer: string, o: { offset: number; days: number; clusterId: string }): Promise<void> {
    await consumerCollections.inbox(this.db).insertOne({
      _id: `${consumer}/${randomUUID()}`,
      consumer,
      topic: 'parcel',
      kafka_partition: 0,
      kafka_offset: o.offset,
      cluster_id: o.clusterId,
      marked_at: new Date(Date.now() - o.days * day),
    });
  }

  async movePositions(offset: number): Promise<void> {
    await consumerCollections.positions(this.db).updateMany({ kafka_partition: 0 }, { $set: { next_offset: offset } });
  }

  async ageLetters(payload?: string): Promise<void> {
    const filter = payload === undefined ? {} : { payload: Buffer.from(payload) };
    const old = { parked_at: new Date(Date.now() - 31 * day) };
    await consumerCollections.letters(this.db).updateMany(filter, { $set: old });
  }

  async stop(): Promise<void> {
    await this.database.drop();
  }

  private get db(): Db {
    return this.database.db;
  }
}
