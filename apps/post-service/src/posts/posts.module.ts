import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TextModule } from '../text/text.module.js';
import { VisibilityModule } from '../visibility/visibility.module.js';
import { NewPosts } from './new-posts.js';
import { Post } from './post.entity.js';
import { PostEditsService } from './post-edits.service.js';
import { PostReads } from './post-reads.js';
import { PostsController } from './posts.controller.js';
import { PostsService } from './posts.service.js';
import { SharesController } from './shares.controller.js';
import { SharesService } from './shares.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Post]), TextModule, VisibilityModule],
  controllers: [PostsController, SharesController],
  providers: [PostsService, PostEditsService, SharesService, NewPosts, PostReads],
  exports: [PostReads],
})
export class PostsModule {}
