import type { MongoMigration } from '@plaza/kafka';
import { CreateUserCache1795262400100 } from './migrations/20261121T1200-create-user-cache.js';
import { createUserCache } from './migrations/20261125T1100-create-user-cache.js';

export { MongoUserCacheStore } from './mongo.store.js';
export { PostgresUserCacheStore } from './postgres.store.js';
export { UserCacheEntry } from './user-cache.entity.js';
export { UserCache, type WriteAlongside } from './user-cache.js';
export { UserCacheModule, type UserCacheOptions } from './user-cache.module.js';
export type { UserCacheStore } from './user-cache.store.js';
export type { ReceivedUser } from './user-change.js';
export { UserSummary, userSummary } from './user-summary.js';

/** For a service's own migrations: the table of the cache, or the collection. */
export const userCacheMigrations = [CreateUserCache1795262400100];
export const userCacheMongoMigrations: readonly MongoMigration[] = [createUserCache];
