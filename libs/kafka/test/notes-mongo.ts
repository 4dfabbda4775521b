import { setTimeout as pause } from 'node:timers/promises';
import { fact } from '@plaza/contracts';
import { createMongoDatabase } from '@plaza/testing';
import type { Kafka } from 'kafkajs';
import { type ClientSession, type Db, MongoClient } from 'mongodb';
import type { KafkaLink } from '../src/kafka-link.js';
import { kafkaMongoMigrations } from '../src/migrations.js';
import { outboxCollections } from '../src/mongo/documents.js';
import { MongoLeaseStore } from '../src/mongo/lease-store.js';
import type { MongoOutbox } from '../src/mongo/outbox.js';
import { createMongoProducing } from '../src/mongo/producing.js';
import type { MongoRepublishSource } from '../src/mongo/republisher.js';
import { databaseOf, inTransaction } from '../src/mongo/transaction.js';
import type { ProducingOptions } from '../src/producing.js';
import type { LeaseStore } from '../src/relay/lease.js';
import { NoteKept } from './note.facts.js';
import { type KeptNote, type Notes, noteKept, type Producer } from './notes.js';

interface NoteDocument {
  _id: string;
  number: number | null;
  version: number;
}

/** Notes and their outbox in MongoDB. */
export class MongoNotes implements Notes {
  private constructor(
    readonly url: string,
    readonly db: Db,
    private readonly drop: () => Promise<void>,
  ) {}

  /** On the server of the tests, or on another one. */
  static async start(url?: string): Promise<MongoNotes> {
    const database = await createMongoDatabase(url);
    await migrate(database.db);
    return new MongoNotes(database.url, database.db, () => database.drop());
  }

  /** To a database that is ready. */
  static async connect(url: string): Promise<MongoNotes> {
    const client = await connect(url, 1);
    return new MongoNotes(url, client.db(), () => client.close());
  }

  async producer(
    options: ProducingOptions,
    kafka: Kafka,
    link: KafkaLink,
    o: { afterRead?: () => Promise<void> } = {},
  ): Promise<Producer & { outbox: MongoOutbox }> {
    const client = await connect(this.url, 5);
    const republish = [keptNotes(this.db.databaseName, o.afterRead)];
    const background = client.db(this.db.databaseName);
    const producing = createMongoProducing({ ...options, background, republish }, kafka, link);
    const { outbox } = producing;
    return {
      ...producing,
      backlog: () => outbox.backlog(),
      add: (one) => inTransaction(this.db, (session) => outbox.add(session, one)),
      addSlowly: (one, { milliseconds = 0, thenThrow } = {}) =>
        inTransaction(this.db, async (session) => {
          await outbox.add(session, one);
          await pause(milliseconds);
          if (thenThrow) throw new Error(thenThrow);
        }),
      keep: (note, number) => this.keep(outbox, note, number),
      close: () => client.close(),
    };
  }

  leases(): LeaseStore {
    return new MongoLeaseStore(this.db);
  }

  async waiting(): Promise<number> {
    const requests = await outboxCollections.republish(this.db).countDocuments();
    return requests + (await this.outbox.countDocuments({ state: 'WAITING' }));
  }

  async holder(): Promise<string> {
    const lease = await outboxCollections.lease(this.db).findOne({ $expr: { $gt: ['$until', '$$NOW'] } });
    return lease?.holder ?? '';
  }

  async facts(): Promise<number> {
    return this.outbox.countDocuments();
  }

  async placeOf(key: string): Promise<{ factId: string; partition: number; offset: string }> {
    const row = await this.outbox.findOne({ key });
    return { factId: row?._id ?? '', partition: row?.kafka_partition ?? -1, offset: String(row?.kafka_offset) };
  }

  async failed(): Promise<Array<{ key: string; reason: string }>> {
    const rows = await this.outbox.find({ state: 'FAILED' }).sort({ clock: 1 }).toArray();
    return rows.map(({ key, failed_reason }) => ({ key, reason: failed_reason ?? '' }));
  }

  async mendFailed(payload: object): Promise<void> {
    await this.outbox.updateMany({ state: 'FAILED' }, { $set: { payload: JSON.stringify(payload) } });
  }

  async forget(keys: string[]): Promise<void> {
    await this.outbox.deleteMany({ key: { $in: keys } });
  }

  async fill(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    await this.notes.insertMany(
      numbers.map((number) => ({ _id: `row-${String(number).padStart(5, '0')}`, number, version: number * 10 })),
    );
  }

  async spoil(note: string): Promise<void> {
    await this.notes.updateOne({ _id: note }, { $set: { number: null } });
  }

  async kept(): Promise<KeptNote[]> {
    const notes = await this.notes.find().sort({ _id: 1 }).toArray();
    return notes.map(({ _id, number, version }) => ({ note: _id, number: number ?? 0, version: String(version) }));
  }

  async stop(): Promise<void> {
    await this.drop();
  }

  private get outbox() {
    return outboxCollections.outbox(this.db);
  }

  private get notes() {
    return this.db.collection<NoteDocument>('notes');
  }

  private async keep(outbox: MongoOutbox, note: string, number: number): Promise<void> {
    await inTransaction(this.db, async (session) => {
      const version = await outbox.add(session, noteKept(note, number));
      await this.notes.updateOne({ _id: note }, { $set: { number, version } }, { session, upsert: true });
    });
  }
}

/** What publishes `kept-note` anew: the documents of `notes`. */
function keptNotes(database: string, afterRead: () => Promise<void> = async () => undefined): MongoRepublishSource {
  return {
    topic: 'kept-note',
    async read(session: ClientSession, after: string | null, limit: number) {
      const notes = databaseOf(session, database).collection<NoteDocument>('notes');
      const page = await notes
        .find({ _id: { $gt: after ?? '' } }, { session })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      await afterRead();
      return page.map(({ _id: note, number, version }) => {
        return { cursor: note, fact: fact(NoteKept, { note, number: number as number }), version };
      });
    },
  };
}

async function migrate(db: Db): Promise<void> {
  for (const { up } of kafkaMongoMigrations) await up(db);
}

async function connect(url: string, maxPoolSize: number): Promise<MongoClient> {
  return new MongoClient(url, { maxPoolSize, timeoutMS: 5_000, serverSelectionTimeoutMS: 2_000 }).connect();
}
