import { defineService } from '@plaza/service-kit';
import { UserCacheEntry, userCacheMigrations } from '@plaza/user-cache';
import { AppModule } from './app.module.js';
import { Comment } from './comments/comment.entity.js';
import { postSettings } from './config.js';
import { CreateRelations1795600800000 } from './migrations/20261125T1000-create-relations.js';
import { CreatePosts1795601400000 } from './migrations/20261125T1010-create-posts.js';
import { CreateTimelines1795602000000 } from './migrations/20261125T1020-create-timelines.js';
import { Post } from './posts/post.entity.js';

export const postService = defineService({
  name: 'post-service',
  description: 'Posts, comments, likes and the home feed',
  settings: postSettings,
  module: () => AppModule,
  database: {
    entities: [Comment, Post, UserCacheEntry],
    migrations: [
      ...userCacheMigrations,
      CreateRelations1795600800000,
      CreatePosts1795601400000,
      CreateTimelines1795602000000,
    ],
  },
});
