import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { getDataSourceToken, getEntityManagerToken } from '@nestjs/typeorm';
import { KafkaModule, type KafkaSettings, type RepublishSource } from '@plaza/kafka';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { OpenDatabase } from '../database/service-database.js';
import { kitFeatures } from '../features.js';
import { HealthParts } from '../health/health-parts.js';
import type { ServiceConfig, ServiceDefinition } from './definition.js';
import { BACKGROUND, CONFIG, LOGGER, REGISTRY } from './tokens.js';

export interface RootParts {
  definition: ServiceDefinition;
  config: ServiceConfig;
  logger: Logger;
  registry: Registry;
  health: HealthParts;
  database?: OpenDatabase;
  kafka: KafkaSettings;
}

/** What every service is made of, and around the service's own module. */
@Module({})
export class ServiceRoot {
  static forRoot(parts: RootParts): DynamicModule {
    const { definition, config, database } = parts;
    return {
      module: ServiceRoot,
      imports: [
        givens(parts),
        KafkaModule.forRoot(kafkaOptions(parts)),
        ...kitFeatures({ database: database !== undefined }),
        definition.module(config),
      ],
    };
  }
}

@Module({})
class Givens {}

function givens({ config, logger, registry, health, database }: RootParts): DynamicModule {
  const providers: Provider[] = [
    { provide: CONFIG, useValue: config },
    { provide: LOGGER, useValue: logger },
    { provide: REGISTRY, useValue: registry },
    { provide: HealthParts, useValue: health },
    ...(database ? connections(database) : []),
  ];
  return { module: Givens, global: true, providers, exports: providers };
}

/** What `TypeOrmModule.forRoot` provides, for connections that are open already and that outlive the application. */
function connections({ main, background }: OpenDatabase): Provider[] {
  return [
    { provide: getDataSourceToken(), useValue: main },
    { provide: getEntityManagerToken(), useValue: main.manager },
    { provide: BACKGROUND, useValue: background },
  ];
}

function kafkaOptions({ kafka, logger, registry, database, definition }: RootParts) {
  const republish: RepublishSource[] = [...(definition.republish ?? [])];
  return { settings: kafka, logger, registry, republish, background: database?.background };
}
