import type { Provider, Type } from '@nestjs/common';
import type { KafkaModuleOptions } from '@plaza/kafka';
import type { HealthPart } from '../health/health-parts.js';
import type { DatabaseKind } from './database-kind.js';

/** A service's open database as the rest of the service needs it, whichever it is. It outlives the application. */
export interface OpenStore {
  readonly kind: Exclude<DatabaseKind, 'none'>;
  /** Its connections, for injection. */
  readonly providers: Provider[];
  readonly kafka: Pick<KafkaModuleOptions, 'background' | 'republish' | 'mongo'>;
  /** The class of the outbox in it. */
  readonly outbox: Type<{ backlog(): Promise<number> }>;
  readonly health: HealthPart;
  close(): Promise<void>;
}
