import type { ServiceName } from '@plaza/contracts';

/** How a service reaches Kafka and what it is called there. */
export interface KafkaSettings {
  /** `host:port` of each broker to begin with. */
  brokers: string[];
  /** Put before the name of every topic and group: `''` in production, random in tests. */
  prefix: string;
  service: ServiceName;
  /** This process, unique among the instances of the service. */
  instance: string;
  /** Partitions of a topic that is made; of one that exists they stay what they are. */
  partitions: number;
  replicationFactor: number;
}
