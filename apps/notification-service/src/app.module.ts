import { Module } from '@nestjs/common';
import { UserCacheModule } from '@plaza/user-cache';

/** The table of contents of notification-service: one module for each of its features. */
@Module({ imports: [UserCacheModule.forRoot()] })
export class AppModule {}
