import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { MONGO } from '@plaza/service-kit';
import type { Db } from 'mongodb';
import { DataSource } from 'typeorm';
import { MongoUserCacheStore } from './mongo.store.js';
import { PostgresUserCacheStore } from './postgres.store.js';
import { UserCacheConsumer } from './user-cache.consumer.js';
import { UserCache } from './user-cache.js';

export interface UserCacheOptions {
  /** Where the service keeps its data; PostgreSQL unless told. */
  database?: 'postgres' | 'mongodb';
}

const providers: Record<'postgres' | 'mongodb', Provider> = {
  postgres: {
    provide: UserCache,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new UserCache(new PostgresUserCacheStore(dataSource)),
  },
  mongodb: {
    provide: UserCache,
    inject: [MONGO],
    useFactory: (db: Db) => new UserCache(new MongoUserCacheStore(db)),
  },
};

/** The replica of users in a service's database: the consumer that keeps it and `UserCache` to read it, everywhere. */
@Module({})
export class UserCacheModule {
  static forRoot({ database = 'postgres' }: UserCacheOptions = {}): DynamicModule {
    return {
      module: UserCacheModule,
      global: true,
      controllers: [UserCacheConsumer],
      providers: [providers[database]],
      exports: [UserCache],
    };
  }
}
