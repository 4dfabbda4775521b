import { Module } from '@nestjs/common';
import { PostsModule } from '../posts/posts.module.js';
import { PostListsController } from './post-lists.controller.js';
import { PostListsService } from './post-lists.service.js';
import { PostPages } from './post-pages.js';

@Module({
  imports: [PostsModule],
  controllers: [PostListsController],
  providers: [PostListsService, PostPages],
  exports: [PostPages],
})
export class ListsModule {}
