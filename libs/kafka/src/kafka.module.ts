import { type DynamicModule, Module } from '@nestjs/common';
import { KAFKA_OPTIONS, type KafkaModuleOptions } from './kafka-options.js';
import { producingProviders } from './producing.providers.js';

/** Outbox, relay and consumers of one service. Global: import it once, in the service's root module. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a Nest module is a class
export class KafkaModule {
  static forRoot(options: KafkaModuleOptions): DynamicModule {
    const providers = [{ provide: KAFKA_OPTIONS, useValue: options }, ...producingProviders(options)];
    return { module: KafkaModule, global: true, providers, exports: providers };
  }
}
