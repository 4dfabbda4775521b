import { defineService } from '@plaza/service-kit';
import { UserCacheEntry, userCacheMigrations } from '@plaza/user-cache';
import { AppModule } from './app.module.js';

export const notificationService = defineService({
  name: 'notification-service',
  description: 'What concerns a user, told once',
  settings: {},
  module: () => AppModule,
  database: { entities: [UserCacheEntry], migrations: [...userCacheMigrations] },
});
