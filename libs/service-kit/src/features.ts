import type { DynamicModule, Type } from '@nestjs/common';
import type { MongoMigration } from '@plaza/kafka';
import { AuthModule } from './auth/auth.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { CreateSigningKeys1795258800000 } from './migrations/20261121T1100-create-signing-keys.js';
import { CreateIdempotencyKeys1795258860000 } from './migrations/20261121T1101-create-idempotency-keys.js';
import { CreateJobs1795258920000 } from './migrations/20261121T1102-create-jobs.js';
import { createIdempotencyKeys } from './migrations/20261125T1011-create-idempotency-keys.js';
import { createSigningKeys } from './migrations/20261125T1012-create-signing-keys.js';
import { createJobs } from './migrations/20261125T1013-create-jobs.js';
import { PagingModule } from './paging/paging.module.js';
import type { DatabaseKind } from './service/database-kind.js';
import type { EntityClass, MigrationClass } from './service/definition.js';

/** The modules that every service gets; those that need a database only where there is one. */
export function kitFeatures(database: DatabaseKind): Array<DynamicModule | Type> {
  const auth = AuthModule.forRoot({ keys: database });
  return database === 'none' ? [auth, PagingModule] : [auth, PagingModule, JobsModule.forRoot(database)];
}

/** Tables of the kit, for the database of every service that has one. */
export const kitMigrations: readonly MigrationClass[] = [
  CreateSigningKeys1795258800000,
  CreateIdempotencyKeys1795258860000,
  CreateJobs1795258920000,
];

/** The same for a MongoDB database. */
export const kitMongoMigrations: readonly MongoMigration[] = [createIdempotencyKeys, createSigningKeys, createJobs];

/** None: the kit's tables are read and written in SQL. */
export const kitEntities: readonly EntityClass[] = [];
