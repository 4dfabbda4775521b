import { CreateUserCache1795262400100 } from './migrations/20261121T1200-create-user-cache.js';

export { MongoUserCacheStore } from './mongo.store.js';
export { PostgresUserCacheStore } from './postgres.store.js';
export { UserCacheEntry } from './user-cache.entity.js';
export { UserCache } from './user-cache.js';
export { UserCacheModule } from './user-cache.module.js';
export type { UserCacheStore } from './user-cache.store.js';
export type { ReceivedUser } from './user-change.js';
export { UserSummary, userSummary } from './user-summary.js';

export const userCacheMigrations = [CreateUserCache1795262400100];
