import { declaredTopics } from '@plaza/contracts';
import type { Admin, ITopicConfig, Kafka } from 'kafkajs';
import type { KafkaSettings } from './settings.js';

/** What Kafka holds, as far as one service cares. */
export interface KafkaLog {
  clusterId: string;
  /** Topic name → partition → offset that the next record will get. A topic that does not exist is absent. */
  ends: Map<string, Map<number, bigint>>;
}

/** Opens an admin connection, uses it and closes it again: an open one costs timers. */
export async function withAdmin<T>(kafka: Kafka, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/**
 * Makes topics as their declarations say, and looks at them. Names are those of the declarations, without prefix. What asks
 * Kafka throws while it is away.
 */
export class Topics {
  constructor(
    private readonly kafka: Kafka,
    private readonly settings: KafkaSettings,
  ) {}

  /** The topics that this service publishes. */
  published(): string[] {
    const { service } = this.settings;
    const declared = declaredTopics().filter(({ producers }) => producers.includes(service));
    return [...declared.map(({ name }) => name), deadLetterTopic(service)];
  }

  /** Makes those of the topics that are missing. One that exists keeps its settings. */
  async ensure(names: string[]): Promise<void> {
    if (names.length === 0) return;
    await withAdmin(this.kafka, async (admin) => {
      const present = new Set(await admin.listTopics());
      const missing = [...new Set(names)].map((name) => this.config(name)).filter(({ topic }) => !present.has(topic));
      if (missing.length > 0) await admin.createTopics({ topics: missing, timeout: 5_000 });
    });
  }

  async look(names: string[]): Promise<KafkaLog> {
    return withAdmin(this.kafka, async (admin) => {
      const { clusterId } = await admin.describeCluster();
      const present = new Set(await admin.listTopics());
      const ends: KafkaLog['ends'] = new Map();
      for (const name of names.filter((it) => present.has(this.prefixed(it)))) {
        const offsets = await admin.fetchTopicOffsets(this.prefixed(name));
        ends.set(name, new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)])));
      }
      return { clusterId, ends };
    });
  }

  private prefixed(name: string): string {
    return `${this.settings.prefix}${name}`;
  }

  private config(name: string): ITopicConfig {
    const { partitions, replicationFactor } = this.settings;
    const configs = { ...configsOf(name) };
    // One copy beyond the leader's must have what was acknowledged, where there are enough of them.
    if (replicationFactor > 2) configs['min.insync.replicas'] = '2';
    return {
      topic: this.prefixed(name),
      numPartitions: partitions,
      replicationFactor,
      configEntries: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    };
  }
}

/** The topic on which a service announces the keys that its consumers have parked. */
export function deadLetterTopic(service: string): string {
  return `${service}.dead-letters`;
}

// A topic that this version does not declare (announcements, or one of a newer version during a rolling upgrade) gets
// the settings of a stream.
function configsOf(name: string): Record<string, string> {
  const topics = declaredTopics();
  const declared = topics.find((topic) => topic.name === name) ?? topics.find(({ kind }) => kind === 'stream');
  return declared?.configs ?? {};
}
