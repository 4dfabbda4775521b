import type { Provider } from '@nestjs/common';
import type { Kafka } from 'kafkajs';
import { InboxCleaner } from './consumer/inbox-cleaner.js';
import { Replayer } from './consumer/replay.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import type { KafkaModuleOptions } from './kafka-options.js';
import { KAFKA_CLIENT } from './producing.providers.js';
import { storageOf } from './storage.js';
import { Topics } from './topics.js';
import { KafkaTransport } from './transport.js';

/** The providers of the consuming side. Without a database there are broadcast consumers only. */
export function consumingProviders(options: KafkaModuleOptions): Provider[] {
  const { settings } = options;
  const database = options.background ?? options.mongo?.background;
  const transport: Provider = {
    provide: KafkaTransport,
    useFactory: (kafka: Kafka, topics: Topics) => new KafkaTransport({ ...options, kafka, topics }),
    inject: [KAFKA_CLIENT, Topics],
  };
  if (!database) return [transport];
  const storage = storageOf(database);
  return [
    transport,
    {
      provide: DeadLetters,
      useFactory: ({ runtime }: KafkaTransport) => new DeadLetters(storage, runtime.letters),
      inject: [KafkaTransport],
    },
    { provide: Replayer, useFactory: ({ runtime }: KafkaTransport) => new Replayer(runtime), inject: [KafkaTransport] },
    {
      provide: InboxCleaner,
      useFactory: (kafka: Kafka) => new InboxCleaner(storage, kafka, settings.prefix),
      inject: [KAFKA_CLIENT],
    },
  ];
}
