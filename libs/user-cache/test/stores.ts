import { inTransaction } from '@plaza/kafka';
import { createMongoDatabase, createTestDatabase } from '@plaza/testing';
import type { Db } from 'mongodb';
import { DataSource } from 'typeorm';
import {
  UserCacheEntry as Entity,
  MongoUserCacheStore,
  PostgresUserCacheStore,
  type ReceivedUser,
  type UserCacheEntry,
  type UserCacheStore,
  userCacheMigrations,
  userCacheMongoMigrations,
} from '../src/index.js';

/** A store on a database of its own. */
export interface StoreUnderTest {
  store: UserCacheStore;
  /** Applies facts as a consumer does, in one transaction. */
  apply(users: readonly ReceivedUser[]): Promise<void>;
  findMany(ids: readonly string[]): Promise<Map<string, UserCacheEntry>>;
  close(): Promise<void>;
}

export async function postgresStore(): Promise<StoreUnderTest & { dataSource: DataSource }> {
  const database = await createTestDatabase();
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [Entity],
    migrations: userCacheMigrations,
    migrationsRun: true,
  }).initialize();
  const store = new PostgresUserCacheStore(dataSource);
  return {
    dataSource,
    store,
    apply: (users) => dataSource.transaction((manager) => store.apply({ manager }, users)),
    findMany: (ids) => store.findMany(ids),
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

export async function mongoStore(): Promise<StoreUnderTest & { db: Db }> {
  const { db, drop } = await createMongoDatabase();
  for (const migration of userCacheMongoMigrations) await migration.up(db);
  const store = new MongoUserCacheStore(db);
  return {
    db,
    store,
    apply: (users) => inTransaction(db, (session) => store.apply({ session }, users)),
    findMany: (ids) => store.findMany(ids),
    close: drop,
  };
}
