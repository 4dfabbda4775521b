import { randomUUID } from 'node:crypto';
import { testServers } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { Kafka, logLevel } from 'kafkajs';

export interface HeardFact {
  topic: string;
  type: string;
  key: string;
  payload: Record<string, unknown>;
}

/** Reads topics of a service as they come: what goes past the outbox is in no database. */
export class Listener {
  private constructor(
    private readonly all: HeardFact[],
    readonly stop: () => Promise<void>,
  ) {}

  static async start(service: Pick<ServiceUnderTest, 'prefix'>, topics: string[]): Promise<Listener> {
    const brokers = testServers().kafkaBrokers.split(',');
    const kafka = new Kafka({ brokers, clientId: 'test', logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: `listener.${randomUUID()}` });
    const heard: HeardFact[] = [];
    await consumer.connect();
    await consumer.subscribe({ topics: topics.map((topic) => `${service.prefix}${topic}`), fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, message: { key, value, headers } }) => {
        heard.push({
          topic: topic.slice(service.prefix.length),
          type: String(headers?.ce_type),
          key: String(key),
          payload: JSON.parse(String(value)),
        });
      },
    });
    return new Listener(heard, () => consumer.disconnect());
  }

  facts(type: string): HeardFact[] {
    return this.all.filter((it) => it.type === type);
  }

  /** The data of frames of a type, with whom they are for. */
  frames(type: string): Array<{ audience: string; exceptUserId: string | null; data: Record<string, unknown> }> {
    return this.facts('frame.published')
      .map(({ payload }) => ({ ...payload, frame: payload.frame as { type: string; data: Record<string, unknown> } }))
      .filter(({ frame }) => frame.type === type)
      .map((it) => {
        const { audience, audienceId, exceptUserId = null } = it as unknown as Record<string, string | null>;
        return { audience: `${audience} ${audienceId}`, exceptUserId, data: it.frame.data };
      });
  }

  /** Forgets what was heard so far. */
  clear(): void {
    this.all.length = 0;
  }
}
