import { setTimeout as pause } from 'node:timers/promises';
import { type Stack, startStack } from '@plaza/embedded';
import { createMongoDatabase } from '@plaza/testing';
import { MongoClient } from 'mongodb';
import type { FactContext } from '../src/consumer/context.js';
import { kafkaMongoMigrations } from '../src/migrations.js';
import { consumerCollections } from '../src/mongo/consumer-documents.js';
import { MongoConsumerStorage } from '../src/mongo/consumer-storage.js';
import { apply, ConsumerBed, type Handler, steps, upTo } from './consumer-bed.js';
import type { ParcelMoved } from './parcel.facts.js';

describe('consumers on MongoDB', () => {
  let stack: Stack;
  let bed: ConsumerBed;

  beforeAll(async () => {
    stack = await startStack({ parts: ['mongodb'] });
    const client = await new MongoClient(stack.urls.mongodbUrl).connect();
    await client.db('admin').command({ setParameter: 1, transactionLifetimeLimitSeconds: 2 });
    await client.close();
    bed = await ConsumerBed.start({ on: 'MongoDB', databaseUrl: stack.urls.mongodbUrl });
  });
  afterAll(async () => {
    await bed.stop();
    await stack.stop();
  });

  test('facts that together take longer than the server gives a transaction are applied one by one', async () => {
    const slowly: Handler = async (fact: ParcelMoved, context: FactContext) => {
      await pause(1_000);
      await apply('ledger', fact, context);
    };
    await bed.publish(...steps('a', 6));
    await bed.instance([{ consumer: 'ledger' }, 'parcel.moved', slowly]);
    await bed.expectApplied('ledger', 'a', upTo(6), 90_000);
    expect(await bed.ledger.parkedKeys()).toEqual([]);
  }, 120_000);
});

describe('the inbox in MongoDB', () => {
  test('is looked through bit by bit for the marks that are of no use any more', async () => {
    const { db, drop } = await createMongoDatabase();
    for (const { up } of kafkaMongoMigrations) await up(db);
    const place = { consumer: 'ledger', topic: 'parcel', kafka_partition: 0 };
    const marks = Array.from({ length: 11_000 }, (_, offset) => {
      const marked_at = new Date(offset === 10_000 ? 0 : Date.now());
      return { _id: `ledger/${offset}`, ...place, kafka_offset: offset, cluster_id: 'here', marked_at };
    });
    await consumerCollections.inbox(db).insertMany(marks);
    await db.command({ profile: 2 });
    const log = { topic: 'parcel', partition: 0, clusterId: 'here', logStart: 10, position: 200_000 };
    expect(await new MongoConsumerStorage(db).dropMarks('ledger', [log])).toBe(11);
    await db.command({ profile: 0 });
    const operations = await db
      .collection('system.profile')
      .find({ keysExamined: { $gt: 0 } })
      .toArray();
    expect(Math.max(...operations.map(({ keysExamined }) => keysExamined))).toBeLessThanOrEqual(5_001);
    await drop();
  });
});
