import type { Provider } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { createKafka } from './client.js';
import type { KafkaModuleOptions } from './kafka-options.js';
import { Outbox } from './outbox.js';
import { Topics } from './topics.js';

/** The client that the service's consumers and admins are made of; the producer has its own, shared by the process. */
export const KAFKA_CLIENT = Symbol('KAFKA_CLIENT');

/** The providers of the producing side. Without a database there is no outbox. */
export function producingProviders({ background, settings, logger }: KafkaModuleOptions): Provider[] {
  const always: Provider[] = [
    { provide: KAFKA_CLIENT, useFactory: () => createKafka(settings, logger) },
    { provide: Topics, useFactory: (kafka: Kafka) => new Topics(kafka, settings), inject: [KAFKA_CLIENT] },
  ];
  if (!background) return always;
  return [...always, { provide: Outbox, useFactory: () => new Outbox(background, () => undefined) }];
}
