import type { Provider } from '@nestjs/common';
import type { Kafka } from 'kafkajs';
import { InboxCleaner } from './consumer/inbox-cleaner.js';
import { Replayer } from './consumer/replay.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import type { KafkaModuleOptions } from './kafka-options.js';
import { KAFKA_CLIENT } from './producing.providers.js';
import { Topics } from './topics.js';
import { KafkaTransport } from './transport.js';

/** The providers of the consuming side. Without a database there are broadcast consumers only. */
export function consumingProviders(options: KafkaModuleOptions): Provider[] {
  const { background, settings } = options;
  const transport: Provider = {
    provide: KafkaTransport,
    useFactory: (kafka: Kafka, topics: Topics) => new KafkaTransport({ ...options, kafka, topics }),
    inject: [KAFKA_CLIENT, Topics],
  };
  if (!background) return [transport];
  return [
    transport,
    {
      provide: DeadLetters,
      useFactory: ({ runtime }: KafkaTransport) => new DeadLetters(background, runtime.letters),
      inject: [KafkaTransport],
    },
    { provide: Replayer, useFactory: ({ runtime }: KafkaTransport) => new Replayer(runtime), inject: [KafkaTransport] },
    {
      provide: InboxCleaner,
      useFactory: (kafka: Kafka) => new InboxCleaner(background, kafka, settings.prefix),
      inject: [KAFKA_CLIENT],
    },
  ];
}
