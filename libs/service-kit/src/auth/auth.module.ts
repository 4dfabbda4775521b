import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AuthGuard } from './auth.guard.js';
import { KeyRefresh } from './key-refresh.js';
import { RevocationsConsumer } from './revocations.consumer.js';
import { Revocations } from './revocations.js';
import { SigningKeyTable } from './signing-key-table.js';
import { SigningKeysConsumer, StoredSigningKeysConsumer } from './signing-keys.consumers.js';
import { SigningKeys } from './signing-keys.js';
import { TokenVerifier } from './token-verifier.js';

export interface AuthModuleOptions {
  /** Where the public keys are kept: in the service's database, or in memory alone where there is none. */
  keys: 'database' | 'memory';
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
    provide: SigningKeyTable,
    inject: [getDataSourceToken()],
    useFactory: (dataSource: DataSource) => new SigningKeyTable(dataSource),
  },
  {
    provide: SigningKeys,
    inject: [SigningKeyTable],
    useFactory: (table: SigningKeyTable) => new SigningKeys(table),
  },
  KeyRefresh,
];

/** The token guard on every route of the application, and what it needs to know. Global. */
@Module({})
export class AuthModule {
  static forRoot({ keys }: AuthModuleOptions): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      controllers: [RevocationsConsumer, keys === 'database' ? StoredSigningKeysConsumer : SigningKeysConsumer],
      providers: [...always, ...(keys === 'database' ? inDatabase : inMemory)],
      exports: [TokenVerifier, SigningKeys, Revocations],
    };
  }
}
