import type { OnApplicationBootstrap, OnApplicationShutdown, Provider } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { createKafka } from './client.js';
import { EphemeralProducer } from './ephemeral-producer.js';
import { KafkaLink } from './kafka-link.js';
import type { KafkaModuleOptions } from './kafka-options.js';
import { Outbox } from './outbox/outbox.js';
import { Republisher } from './outbox/republish.js';
import { createProducing, type Producing } from './producing.js';
import { Topics } from './topics.js';

/** The client that the service's consumers and admins are made of; the producer has its own, shared by the process. */
export const KAFKA_CLIENT = Symbol('KAFKA_CLIENT');

const PRODUCING = Symbol('PRODUCING');

/** The providers of the producing side. Without a database there is no outbox. */
export function producingProviders(options: KafkaModuleOptions): Provider[] {
  const { background, settings, logger } = options;
  const always: Provider[] = [
    { provide: KAFKA_CLIENT, useFactory: () => createKafka(settings, logger) },
    { provide: Topics, useFactory: (kafka: Kafka) => new Topics(kafka, settings), inject: [KAFKA_CLIENT] },
    {
      provide: EphemeralProducer,
      useFactory: (kafka: Kafka) => new EphemeralProducer(kafka, settings),
      inject: [KAFKA_CLIENT],
    },
  ];
  if (!background) return always;
  const create = (kafka: Kafka, link: KafkaLink): Producing => createProducing({ ...options, background }, kafka, link);
  return [
    ...always,
    { provide: PRODUCING, useFactory: create, inject: [KAFKA_CLIENT, KafkaLink] },
    { provide: Outbox, useFactory: ({ outbox }: Producing) => outbox, inject: [PRODUCING] },
    { provide: Republisher, useFactory: ({ republisher }: Producing) => republisher, inject: [PRODUCING] },
    { provide: RelayLifecycle, useFactory: (it: Producing) => new RelayLifecycle(it), inject: [PRODUCING] },
  ];
}

/** The relay runs while the application does; at the end it stops after HTTP, so that the last answers' facts go out. */
class RelayLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly producing: Producing) {}

  onApplicationBootstrap(): void {
    this.producing.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.producing.relay.stop();
  }
}
