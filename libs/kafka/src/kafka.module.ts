import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { consumingProviders } from './consuming.providers.js';
import { KafkaLink } from './kafka-link.js';
import { KAFKA_OPTIONS, type KafkaModuleOptions } from './kafka-options.js';
import { producingProviders } from './producing.providers.js';
import { KafkaTransport } from './transport.js';

// Here, as it is what both sides have in common.
const linkProvider: Provider = {
  provide: KafkaLink,
  useFactory: (transport: KafkaTransport) => {
    const link = new KafkaLink();
    link.askConsumers(() => {
      const { consumers } = transport;
      return consumers.length > 0 ? consumers.some(({ state }) => state === 'running') : undefined;
    });
    return link;
  },
  inject: [KafkaTransport],
};

/** Outbox, relay and consumers of one service. Global: import it once, in the service's root module. */
@Module({})
export class KafkaModule {
  static forRoot(options: KafkaModuleOptions): DynamicModule {
    const own = { provide: KAFKA_OPTIONS, useValue: options };
    const providers = [own, ...producingProviders(options), ...consumingProviders(options), linkProvider];
    return { module: KafkaModule, global: true, providers, exports: providers };
  }
}
