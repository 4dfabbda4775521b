import { Module } from '@nestjs/common';
import { UserCacheModule } from '@plaza/user-cache';
import { CausesModule } from './causes/causes.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { SilencesModule } from './silences/silences.module.js';

/** The table of contents of notification-service: one module for each of its features. */
@Module({ imports: [UserCacheModule.forRoot(), NotificationsModule, CausesModule, SilencesModule] })
export class AppModule {}
