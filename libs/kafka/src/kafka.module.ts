import { type DynamicModule, Module } from '@nestjs/common';
import { consumingProviders } from './consuming.providers.js';
import { KAFKA_OPTIONS, type KafkaModuleOptions } from './kafka-options.js';
import { producingProviders } from './producing.providers.js';

/** Outbox, relay and consumers of one service. Global: import it once, in the service's root module. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a Nest module is a class
export class KafkaModule {
  static forRoot(options: KafkaModuleOptions): DynamicModule {
    const own = { provide: KAFKA_OPTIONS, useValue: options };
    const providers = [own, ...producingProviders(options), ...consumingProviders(options)];
    return { module: KafkaModule, global: true, providers, exports: providers };
  }
}
