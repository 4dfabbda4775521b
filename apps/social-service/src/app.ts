import { defineService } from '@plaza/service-kit';
import { UserCacheEntry, userCacheMigrations } from '@plaza/user-cache';
import { AppModule } from './app.module.js';
import { Follow } from './follows/follow.entity.js';
import { republishFollows } from './follows/follows.republish.js';
import { CreateFollows1795262400000 } from './migrations/20261121T1200-create-follows.js';
import { CountPosts1795604400000 } from './migrations/20261125T1100-count-posts.js';
import { SocialStats } from './stats/social-stats.entity.js';

export const socialService = defineService({
  name: 'social-service',
  description: 'Who follows whom, lists of people, and counts',
  settings: {},
  module: () => AppModule,
  database: {
    entities: [Follow, SocialStats, UserCacheEntry],
    migrations: [...userCacheMigrations, CreateFollows1795262400000, CountPosts1795604400000],
  },
  republish: [republishFollows],
});
