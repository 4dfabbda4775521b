import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceName } from '@plaza/contracts';
import type { MongoMigration, MongoRepublishSource, RepublishSource } from '@plaza/kafka';
import type { FastifyServerOptions } from 'fastify';
import type { EntityTarget, MigrationInterface, ObjectLiteral } from 'typeorm';
import type { PlatformConfig } from '../config/platform-settings.js';
import type { SettingsOf, SettingsSpec } from '../config/settings.js';

export type MigrationClass = new () => MigrationInterface;
export type EntityClass = Extract<EntityTarget<ObjectLiteral>, new () => unknown>;

/** A service's configuration: what every service has, and its own settings. */
export type ServiceConfig<S extends SettingsSpec = Record<never, never>> = PlatformConfig & SettingsOf<S>;

export interface ServiceDatabase {
  readonly entities: readonly EntityClass[];
  /** Its own migrations; those of the libs are added, all in the order of their timestamps. */
  readonly migrations: readonly MigrationClass[];
}

/** A database in MongoDB. */
export interface MongoDatabase {
  /** Its own migrations; those of the libs are added, all in the order of their names. */
  readonly migrations: readonly MongoMigration[];
  /** State topics that can be published anew from the collections. */
  readonly republish?: readonly MongoRepublishSource[];
}

/** All there is to know of a service; `main.ts` runs it alone, all-in-one runs several in one process. */
export interface ServiceDefinition<S extends SettingsSpec = SettingsSpec> {
  readonly name: ServiceName;
  /** One line for docs/settings.md and the API's description. */
  readonly description: string;
  readonly settings: S;
  /** The service's own module. Database, Kafka, tokens, jobs, logs and metrics are there already, globally. */
  module(config: ServiceConfig<S>): Type | DynamicModule;
  /** A database in PostgreSQL. Neither this nor `mongo`: the service has no database (the gateway). */
  readonly database?: ServiceDatabase;
  /** Instead, a database in MongoDB. */
  readonly mongo?: MongoDatabase;
  /** State topics that can be published anew from the tables of `database`. */
  readonly republish?: readonly RepublishSource[];
  readonly http?: {
    /** False: the service has an `/openapi.json` of its own making. */
    readonly openapi?: false;
    /** Of Fastify, where the kit's choice does not fit. */
    readonly server?: FastifyServerOptions;
  };
  /** Last touches before the application is initialised: raw Fastify routes, hooks. */
  configure?(app: NestFastifyApplication, config: ServiceConfig<S>): void | Promise<void>;
}

/**
 * Declares a service with the types of its settings.
 * @throws TypeError for one with two databases
 * @example export const userService = defineService({ name: 'user-service', settings: userSettings, ... })
 */
export function defineService<S extends SettingsSpec>(definition: ServiceDefinition<S>): ServiceDefinition<S> {
  const { name, database, mongo } = definition;
  if (database && mongo) throw new TypeError(`${name} is declared with two databases`);
  return definition;
}
