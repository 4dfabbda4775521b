import { Module } from '@nestjs/common';
import { UserCacheModule } from '@plaza/user-cache';
import { RelationsModule } from './relations/relations.module.js';
import { StorageModule } from './storage/storage.module.js';

/** The table of contents of messaging-service: one module for each of its features. */
@Module({
  imports: [UserCacheModule.forRoot({ database: 'mongodb' }), StorageModule, RelationsModule],
})
export class AppModule {}
