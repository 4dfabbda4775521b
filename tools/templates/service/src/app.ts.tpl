import { defineService } from '@plaza/service-kit';
import { UserCacheEntry, userCacheMigrations } from '@plaza/user-cache';
import { AppModule } from './app.module.js';

export const {{variable}} = defineService({
  name: '{{name}}',
  description: '{{description}}',
  settings: {},
  module: () => AppModule,
  database: { entities: [UserCacheEntry], migrations: [...userCacheMigrations] },
});
