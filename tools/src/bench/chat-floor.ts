import { randomUUID } from 'node:crypto';
import type { Servers } from '@plaza/e2e';
import { Kafka, logLevel } from 'kafkajs';
import { bareCollection } from './chat-storage.js';

/** What no chat over these servers can be faster than: a document inserted, then a record that goes through Kafka. */
export interface BareChat {
  /** Resolves when the record has been received, after the document was stored. */
  send(sender: number): Promise<void>;
  end(): Promise<void>;
}

/** Bare drivers on the same servers, in this process alone. */
export async function bareChat({ mongodbUrl, kafkaBrokers }: Servers): Promise<BareChat> {
  const kafka = new Kafka({ brokers: kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
  const topic = `bench_floor_${randomUUID()}`;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  await admin.disconnect();
  const arrived = new Map<string, () => void>();
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 500 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => arrived.get(String(message.key))?.() });
  const producer = kafka.producer();
  await producer.connect();
  const documents = await bareCollection(mongodbUrl);
  const send = async (sender: number): Promise<void> => {
    await documents.insert(sender);
    const key = randomUUID();
    const received = new Promise<void>((resolve) => arrived.set(key, resolve));
    await producer.send({ topic, messages: [{ key, value: 'x'.repeat(1_000) }] });
    await received;
    arrived.delete(key);
  };
  const end = async (): Promise<void> => {
    await Promise.all([producer.disconnect(), consumer.disconnect(), documents.client.close()]);
  };
  return { send, end };
}
