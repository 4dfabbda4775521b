import { Module } from '@nestjs/common';
import { UserCacheModule } from '@plaza/user-cache';
import { StorageModule } from './storage/storage.module.js';

/** The table of contents of messaging-service: one module for each of its features. */
@Module({ imports: [UserCacheModule.forRoot(), StorageModule] })
export class AppModule {}
