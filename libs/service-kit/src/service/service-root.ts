import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { KafkaModule, type KafkaModuleOptions, type KafkaSettings } from '@plaza/kafka';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { kitFeatures } from '../features.js';
import { HealthParts } from '../health/health-parts.js';
import type { ServiceConfig, ServiceDefinition } from './definition.js';
import type { OpenStore } from './store.js';
import { CONFIG, LOGGER, REGISTRY } from './tokens.js';

export interface RootParts {
  definition: ServiceDefinition;
  config: ServiceConfig;
  logger: Logger;
  registry: Registry;
  health: HealthParts;
  store?: OpenStore;
  kafka: KafkaSettings;
}

/** What every service is made of, and around the service's own module. */
@Module({})
export class ServiceRoot {
  static forRoot(parts: RootParts): DynamicModule {
    const { definition, config, store } = parts;
    return {
      module: ServiceRoot,
      imports: [
        givens(parts),
        KafkaModule.forRoot(kafkaOptions(parts)),
        ...kitFeatures(store?.kind ?? 'none'),
        definition.module(config),
      ],
    };
  }
}

@Module({})
class Givens {}

function givens({ config, logger, registry, health, store }: RootParts): DynamicModule {
  const providers: Provider[] = [
    { provide: CONFIG, useValue: config },
    { provide: LOGGER, useValue: logger },
    { provide: REGISTRY, useValue: registry },
    { provide: HealthParts, useValue: health },
    ...(store?.providers ?? []),
  ];
  return { module: Givens, global: true, providers, exports: providers };
}

function kafkaOptions({ kafka, logger, registry, store }: RootParts): KafkaModuleOptions {
  return { settings: kafka, logger, registry, ...store?.kafka };
}
