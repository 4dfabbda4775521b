import type { OnApplicationShutdown } from '@nestjs/common';
import { declarationOf, factHeaders, validateFact } from '@plaza/contracts';
import type { Kafka, Message, Producer } from 'kafkajs';
import { factId } from './fact-id.js';
import type { KafkaSettings } from './settings.js';
import { traceStorage } from './trace.js';

/**
 * Sends ephemeral facts (typing, presence, connections), and brief ones that need no outbox: one replica's acknowledgement,
 * no retry. Worth having at once or not at all. It connects when it is first used.
 */
export class EphemeralProducer implements OnApplicationShutdown {
  private current: Promise<Producer> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly settings: KafkaSettings,
  ) {}

  /**
   * Sends facts now, in this order.
   * @throws FactInvalid; Error for a topic that is neither ephemeral nor brief; kafkajs's errors while Kafka is away
   */
  async send(...facts: object[]): Promise<void> {
    const records = facts.map((fact) => this.recordOf(fact));
    const topicMessages = [...Map.groupBy(records, ({ topic }) => topic)].map(([topic, some]) => {
      return { topic, messages: some.map(({ message }) => message) };
    });
    const producer = await this.producer();
    await producer.sendBatch({ acks: 1, timeout: 2_000, topicMessages });
  }

  async onApplicationShutdown(): Promise<void> {
    const producer = await this.current?.catch(() => undefined);
    await producer?.disconnect();
  }

  private recordOf(fact: object): { topic: string; message: Message } {
    validateFact(fact);
    const { topic, type, kind, key: keyOf } = declarationOf(fact);
    if (kind !== 'ephemeral' && kind !== 'brief') throw new Error(`${type} belongs in the outbox: it is not ephemeral`);
    const { prefix, service } = this.settings;
    const key = keyOf(fact);
    const now = new Date();
    const { traceparent } = traceStorage.getStore() ?? {};
    // There is no outbox to draw a version from; of two facts of one key the later one counts.
    const envelope = { id: factId(), type, key, time: now, version: now.getTime(), snapshot: false, traceparent };
    const message = { key, value: JSON.stringify(fact), headers: factHeaders(envelope, service) };
    return { topic: `${prefix}${topic}`, message };
  }

  private async producer(): Promise<Producer> {
    this.current ??= this.connect();
    return this.current;
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      this.current = undefined;
      throw error;
    }
  }
}
