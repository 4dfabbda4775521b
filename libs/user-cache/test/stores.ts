import { randomBytes } from 'node:crypto';
import { createTestDatabase, testServers } from '@plaza/testing';
import mongoose from 'mongoose';
import { DataSource } from 'typeorm';
import {
  UserCacheEntry as Entity,
  MongoUserCacheStore,
  PostgresUserCacheStore,
  type ReceivedUser,
  type UserCacheEntry,
  type UserCacheStore,
  userCacheMigrations,
} from '../src/index.js';

/** A store on a database of its own, without what tells the two apart. */
export interface StoreUnderTest {
  store: UserCacheStore<unknown>;
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
    store: store as UserCacheStore<unknown>,
    apply: (users) => dataSource.transaction((manager) => store.apply(manager, users)),
    findMany: (ids) => store.findMany(ids),
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

export async function mongoStore(): Promise<StoreUnderTest> {
  const dbName = `test_${randomBytes(6).toString('hex')}`;
  const connection = await mongoose.createConnection(testServers().mongodbUrl, { dbName }).asPromise();
  const store = new MongoUserCacheStore(connection);
  return {
    store: store as UserCacheStore<unknown>,
    apply: async (users) => void (await connection.transaction((session) => store.apply(session, users))),
    findMany: (ids) => store.findMany(ids),
    close: async () => {
      await connection.dropDatabase();
      await connection.destroy();
    },
  };
}
