import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import type { Platform } from './platform.js';

/** What somebody else puts on a topic of the platform. */
export interface Intrusion {
  /** Without prefix. */
  topic: string;
  /** What the envelope names; where absent, the topic. */
  type?: string;
  key: string;
  value: string;
}

/** Writes to the platform's Kafka past its services and their checks, under an envelope as they write it. */
export async function intrude(platform: Platform, intrusions: Intrusion[]): Promise<void> {
  const brokers = String(platform.env.PLAZA_KAFKA_BROKERS).split(',');
  const kafka = new Kafka({ brokers, clientId: 'outsider', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    for (const { topic, type = topic, key, value } of intrusions) {
      const messages = [{ key, value, headers: envelope(type, key) }];
      await producer.send({ topic: `${platform.prefix}${topic}`, messages });
    }
  } finally {
    await producer.disconnect();
  }
}

function envelope(type: string, subject: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_source: 'outsider',
    ce_type: type,
    ce_subject: subject,
    ce_time: new Date().toISOString(),
    ce_version: '1000000',
  };
}
