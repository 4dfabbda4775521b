import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { Db } from 'mongodb';
import type { DataSource } from 'typeorm';
import type { DatabaseKind } from '../service/database-kind.js';
import { MONGO } from '../service/tokens.js';
import { AuthGuard } from './auth.guard.js';
import { KeyRefresh } from './key-refresh.js';
import { MongoSigningKeys } from './mongo-signing-keys.js';
import { PostgresSigningKeys } from './postgres-signing-keys.js';
import { RevocationsConsumer } from './revocations.consumer.js';
import { Revocations } from './revocations.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeysConsumer, StoredSigningKeysConsumer } from './signing-keys.consumers.js';
import { SigningKeys } from './signing-keys.js';
import { TokenVerifier } from './token-verifier.js';

export interface AuthModuleOptions {
  /** Where the public keys are kept: in the service's database, or in memory alone where there is none. */
  keys: DatabaseKind;
}

const always: Provider[] = [
  { provide: Revocations, useFactory: () => new Revocations() },
  {
    provide: TokenVerifier,
    inject: [SigningKeys, Revocations],
    useFactory: (keys: SigningKeys, revocations: Revocations) => new TokenVerifier(keys, revocations),
  },
  AuthGuard,
  { provide: APP_GUARD, useExisting: AuthGuard },
];

const inMemory: Provider[] = [{ provide: SigningKeys, useFactory: () => new SigningKeys() }];

const inDatabase: Provider[] = [
  {
    provide: SigningKeys,
    inject: [SigningKeyStore],
    useFactory: (store: SigningKeyStore) => new SigningKeys(store),
  },
  KeyRefresh,
];

const providers: Record<DatabaseKind, Provider[]> = {
  none: inMemory,
  postgres: [
    {
      provide: SigningKeyStore,
      inject: [getDataSourceToken()],
      useFactory: (dataSource: DataSource) => new PostgresSigningKeys(dataSource),
    },
    ...inDatabase,
  ],
  mongodb: [
    { provide: SigningKeyStore, inject: [MONGO], useFactory: (db: Db) => new MongoSigningKeys(db) },
    ...inDatabase,
  ],
};

/** The token guard on every route of the application, and what it needs to know. Global. */
@Module({})
export class AuthModule {
  static forRoot({ keys }: AuthModuleOptions): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      controllers: [RevocationsConsumer, keys === 'none' ? SigningKeysConsumer : StoredSigningKeysConsumer],
      providers: [...always, ...providers[keys]],
      exports: [TokenVerifier, SigningKeys, Revocations],
    };
  }
}
