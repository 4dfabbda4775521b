import { defineService } from '@plaza/service-kit';
import { UserCacheEntry, userCacheMigrations } from '@plaza/user-cache';
import { AppModule } from './app.module.js';
import { CreateNotifications1795604400000 } from './migrations/20261125T1100-create-notifications.js';
import { CreateSilences1795605000000 } from './migrations/20261125T1110-create-silences.js';

export const notificationService = defineService({
  name: 'notification-service',
  description: 'What concerns a user, told once',
  settings: {},
  module: () => AppModule,
  database: {
    entities: [UserCacheEntry],
    migrations: [...userCacheMigrations, CreateNotifications1795604400000, CreateSilences1795605000000],
  },
});
