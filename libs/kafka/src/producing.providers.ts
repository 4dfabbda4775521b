import type { OnApplicationBootstrap, OnApplicationShutdown, Provider, Type } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { createKafka } from './client.js';
import { EphemeralProducer } from './ephemeral-producer.js';
import { KafkaLink } from './kafka-link.js';
import type { KafkaModuleOptions } from './kafka-options.js';
import { MongoOutbox } from './mongo/outbox.js';
import { createMongoProducing } from './mongo/producing.js';
import { Outbox } from './outbox/outbox.js';
import { Republisher } from './outbox/republish.js';
import { createPostgresProducing } from './postgres/producing.js';
import type { Producing } from './producing.js';
import { Topics } from './topics.js';

/** The client that the service's consumers and admins are made of; the producer has its own, shared by the process. */
export const KAFKA_CLIENT = Symbol('KAFKA_CLIENT');

const PRODUCING = Symbol('PRODUCING');

/** The providers of the producing side. Without a database there is no outbox. */
export function producingProviders(options: KafkaModuleOptions): Provider[] {
  const { settings, logger } = options;
  const always: Provider[] = [
    { provide: KAFKA_CLIENT, useFactory: () => createKafka(settings, logger) },
    { provide: Topics, useFactory: (kafka: Kafka) => new Topics(kafka, settings), inject: [KAFKA_CLIENT] },
    {
      provide: EphemeralProducer,
      useFactory: (kafka: Kafka) => new EphemeralProducer(kafka, settings),
      inject: [KAFKA_CLIENT],
    },
  ];
  const producing = producingOf(options);
  return producing ? [...always, ...producing] : always;
}

function producingOf({ background, mongo, republish, ...common }: KafkaModuleOptions): Provider[] | undefined {
  if (background) {
    const options = { ...common, background, republish };
    return providersOf(Outbox, (kafka, link) => createPostgresProducing(options, kafka, link));
  }
  return mongo && providersOf(MongoOutbox, (kafka, link) => createMongoProducing({ ...common, ...mongo }, kafka, link));
}

function providersOf<TheOutbox>(
  outboxToken: Type<TheOutbox>,
  create: (kafka: Kafka, link: KafkaLink) => Producing<TheOutbox>,
): Provider[] {
  return [
    { provide: PRODUCING, useFactory: create, inject: [KAFKA_CLIENT, KafkaLink] },
    { provide: outboxToken, useFactory: ({ outbox }: Producing<TheOutbox>) => outbox, inject: [PRODUCING] },
    { provide: Republisher, useFactory: ({ republisher }: Producing<TheOutbox>) => republisher, inject: [PRODUCING] },
    { provide: RelayLifecycle, useFactory: (it: Producing<TheOutbox>) => new RelayLifecycle(it), inject: [PRODUCING] },
  ];
}

/** The relay runs while the application does; at the end it stops after HTTP, so that the last answers' facts go out. */
class RelayLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly producing: Pick<Producing, 'relay'>) {}

  onApplicationBootstrap(): void {
    this.producing.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.producing.relay.stop();
  }
}
