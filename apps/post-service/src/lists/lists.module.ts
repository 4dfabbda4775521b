import { Module } from '@nestjs/common';
import { PostsModule } from '../posts/posts.module.js';
import { HashtagsController } from './hashtags.controller.js';
import { PostListsController } from './post-lists.controller.js';
import { PostListsService } from './post-lists.service.js';
import { PostPages } from './post-pages.js';
import { PublicFeedController } from './public-feed.controller.js';

@Module({
  imports: [PostsModule],
  controllers: [PostListsController, HashtagsController, PublicFeedController],
  providers: [PostListsService, PostPages],
  exports: [PostPages],
})
export class ListsModule {}
