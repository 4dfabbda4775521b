import type { KafkaLink, KafkaTransport } from '@plaza/kafka';
import type { HealthPart } from './health-parts.js';

export interface KafkaParts {
  link: KafkaLink;
  transport: KafkaTransport;
  /** Absent where the service publishes nothing. */
  outbox?: { backlog(): Promise<number> };
}

/** Kafka as a part: reached once, and every consumer running. */
export function kafkaPart({ link, transport, outbox }: KafkaParts): HealthPart {
  return {
    name: 'kafka',
    started: () => link.seenOnce && transport.consumers.every(({ state }) => state === 'running'),
    state: async () => ({ up: link.connected, consumers: transport.consumers, backlog: await outbox?.backlog() }),
  };
}
