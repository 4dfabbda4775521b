import { randomBytes } from 'node:crypto';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { testServers } from './servers.js';

/** A random prefix for the topics and groups of one test file. */
export function kafkaPrefix(): string {
  return `t${randomBytes(4).toString('hex')}.`;
}

/** Runs `work` with an admin client that is open for that long. */
export async function withKafkaAdmin<T>(work: (admin: Admin) => Promise<T>, brokers?: string): Promise<T> {
  const kafka = new Kafka({
    clientId: 'test',
    brokers: (brokers ?? testServers().kafkaBrokers).split(','),
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Removes every topic whose name starts with the prefix. */
export async function deleteTopics(prefix: string): Promise<void> {
  await withKafkaAdmin(async (admin) => {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  });
}
