import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { RepublishSource } from './outbox/republish-source.js';
import type { KafkaSettings } from './settings.js';

/** What `KafkaModule.forRoot` takes. */
export interface KafkaModuleOptions {
  settings: KafkaSettings;
  /**
   * An initialised, small pool of its own for the relay and the consumers, so that they never wait behind requests. It must
   * outlive the Nest application. Without it the service has no outbox and only broadcast consumers.
   */
  background?: DataSource;
  logger: Logger;
  /** One per state topic of the service: its current rows, for when Kafka has lost its log. */
  republish?: RepublishSource[];
  registry: Registry;
}

/** The injection token of `KafkaModuleOptions`. */
export const KAFKA_OPTIONS = Symbol('KAFKA_OPTIONS');
