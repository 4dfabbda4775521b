import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs';
import pg from 'pg';
import {
  createMongoDatabase,
  createTestDatabase,
  deleteTopics,
  kafkaPrefix,
  settle,
  testServers,
  withKafkaAdmin,
} from '../src/index.js';

// What settle() looks at in a service's database.
const TABLES = `
  CREATE TABLE outbox (id int, published_at timestamptz, failed_reason text);
  CREATE TABLE parked_keys (state text)`;

const prefix = kafkaPrefix();
const topic = `${prefix}settled`;
const kafka = new Kafka({ brokers: testServers().kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let client: pg.Client;
let producer: Producer;
let consumer: Consumer;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client(database.url);
  await client.connect();
  await client.query(TABLES);
  await withKafkaAdmin((admin) => admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true }));
  producer = kafka.producer();
  await producer.connect();
});

afterAll(async () => {
  await consumer?.disconnect();
  await producer?.disconnect();
  await client?.end();
  await database?.drop();
  await deleteTopics(prefix);
});

function settled(timeoutMs: number): Promise<void> {
  return settle({ prefix, databases: [database.url], timeoutMs });
}

it('says that a fact is not published, and is content once it is', async () => {
  await client.query('INSERT INTO outbox VALUES (1)');
  await expect(settled(100)).rejects.toThrow('1 facts of an outbox are not published');
  await client.query('UPDATE outbox SET published_at = now()');
  await settled(5_000);
});

it('says that a key waits for another try; a parked one waits for people', async () => {
  await client.query(`INSERT INTO parked_keys VALUES ('RETRYING')`);
  await expect(settled(100)).rejects.toThrow('1 keys wait for another try');
  await client.query(`UPDATE parked_keys SET state = 'PARKED'`);
  await settled(5_000);
});

it('looks at a database in MongoDB as well', async () => {
  const { db, url, drop } = await createMongoDatabase();
  const databases = [database.url, url];
  await db.collection('outbox').insertMany([{ state: 'WAITING' }, { state: 'FAILED' }, { state: 'PUBLISHED' }]);
  await expect(settle({ prefix, databases, timeoutMs: 100 })).rejects.toThrow('1 facts of an outbox');
  await db.collection('outbox').updateMany({ state: 'WAITING' }, { $set: { state: 'PUBLISHED' } });
  await db.collection('parked_keys').insertMany([{ state: 'RETRYING' }, { state: 'PARKED' }]);
  await expect(settle({ prefix, databases, timeoutMs: 100 })).rejects.toThrow('1 keys wait for another try');
  await db.collection('parked_keys').deleteMany({});
  await settle({ prefix, databases, timeoutMs: 5_000 });
  await drop();
});

it('waits until a group has read what was sent', async () => {
  const read = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  consumer = kafka.consumer({ groupId: `${prefix}reader` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await producer.send({ topic, messages: [{ value: 'one' }] });
  await consumer.run({
    eachMessage: async () => {
      read.resolve();
      await mayGoOn.promise;
    },
  });
  await read.promise;
  await expect(settled(300)).rejects.toThrow(`${prefix}reader has read ${topic}[0] to -1 of 1`);
  mayGoOn.resolve();
  await settled(20_000);
});

it('looks at no topic of another prefix', async () => {
  await expect(settle({ prefix: kafkaPrefix(), databases: [], timeoutMs: 5_000 })).resolves.toBeUndefined();
});
