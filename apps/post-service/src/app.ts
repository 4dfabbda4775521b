import { defineService } from '@plaza/service-kit';
import { UserCacheEntry, userCacheMigrations } from '@plaza/user-cache';
import { AppModule } from './app.module.js';

export const postService = defineService({
  name: 'post-service',
  description: 'Posts, comments, likes and the home feed',
  settings: {},
  module: () => AppModule,
  database: { entities: [UserCacheEntry], migrations: [...userCacheMigrations] },
});
