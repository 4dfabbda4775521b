import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PostgresUserCacheStore } from './postgres.store.js';
import { UserCacheConsumer } from './user-cache.consumer.js';
import { UserCache } from './user-cache.js';

/** The replica of users in a PostgreSQL service: the consumer that keeps it and `UserCache` to read it, everywhere. */
@Module({})
export class UserCacheModule {
  static forRoot(): DynamicModule {
    return {
      module: UserCacheModule,
      global: true,
      controllers: [UserCacheConsumer],
      providers: [
        {
          provide: UserCache,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new UserCache(new PostgresUserCacheStore(dataSource)),
        },
      ],
      exports: [UserCache],
    };
  }
}
