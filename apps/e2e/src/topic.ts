import { withKafkaAdmin } from '@plaza/testing';
import { Kafka, logLevel } from 'kafkajs';

/** Where the logs of the platform's topics (one partition each) begin and end, by name without prefix. */
export function logsOf(brokers: string, prefix: string): Promise<Record<string, { low: string; high: string }>> {
  return withKafkaAdmin(async (admin) => {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    const logs = topics.map(async (topic) => {
      const [{ low, high } = { low: '', high: '' }] = await admin.fetchTopicOffsets(topic);
      return [topic.slice(prefix.length), { low, high }] as const;
    });
    return Object.fromEntries(await Promise.all(logs));
  }, brokers);
}

/**
 * The follows that stand at the end of the topic `follow`, as `follower:following`, sorted: what a consumer outside Plaza
 * would hold after reading it from the beginning, keeping the highest version of each key.
 */
export async function followsInTopic(brokers: string, prefix: string): Promise<string[]> {
  const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'checker', logLevel: logLevel.NOTHING });
  const topic = `${prefix}follow`;
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  const groupId = `${prefix}checker.${Date.now()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const latest = new Map<string, { version: number; type: string }>();
  const missing = new Set(ends.filter((end) => Number(end.high) > Number(end.low)).map((end) => end.partition));

  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    if (missing.size === 0) resolve();
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          for (const message of batch.messages) {
            const [version, type] = [message.headers?.ce_version, message.headers?.ce_type].map(String);
            const key = String(message.key);
            if (Number(version) >= (latest.get(key)?.version ?? 0))
              latest.set(key, { version: Number(version), type: type ?? '' });
          }
          const end = ends.find(({ partition }) => partition === batch.partition);
          if (end && Number(batch.lastOffset()) >= Number(end.high) - 1) missing.delete(batch.partition);
          if (missing.size === 0) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  await admin.disconnect();
  return [...latest]
    .filter(([, fact]) => fact.type !== 'follow.deleted')
    .map(([key]) => key)
    .sort();
}
