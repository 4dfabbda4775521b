import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ServiceName } from '@plaza/contracts';
import type { KafkaSettings } from '@plaza/kafka';
import type { PlatformConfig } from '../config/platform-settings.js';

/** A name that no other process has, not even a later one with the same number. */
export function instanceName(): string {
  return `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
}

export function kafkaSettings(service: ServiceName, instance: string, config: PlatformConfig): KafkaSettings {
  return {
    service,
    instance,
    brokers: [...config.kafkaBrokers],
    prefix: config.kafkaPrefix ?? '',
    partitions: config.kafkaPartitions,
    replicationFactor: config.kafkaReplication,
  };
}
