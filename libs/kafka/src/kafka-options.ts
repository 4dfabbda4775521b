import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { MongoRepublishSource } from './mongo/republisher.js';
import type { RepublishSource } from './outbox/republish-source.js';
import type { KafkaSettings } from './settings.js';

/** What `KafkaModule.forRoot` takes. */
export interface KafkaModuleOptions {
  settings: KafkaSettings;
  /**
   * An initialised, small pool of its own for the relay and the consumers, so that they never wait behind requests. It must
   * outlive the Nest application. Without it, and without `mongo`, the service has no outbox and only broadcast consumers.
   */
  background?: DataSource;
  /** Instead, for a service whose database is MongoDB. */
  mongo?: MongoKafkaOptions;
  logger: Logger;
  /** One per state topic of the service: its current rows, for when Kafka has lost its log. */
  republish?: RepublishSource[];
  registry: Registry;
}

/** The part of `KafkaModuleOptions` that is of MongoDB. */
export interface MongoKafkaOptions {
  /** The service's database through a client of its own, as with `background`. */
  background: Db;
  /** One per state topic of the service. */
  republish?: MongoRepublishSource[];
}

/** The injection token of `KafkaModuleOptions`. */
export const KAFKA_OPTIONS = Symbol('KAFKA_OPTIONS');
