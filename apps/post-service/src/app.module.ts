import { Module } from '@nestjs/common';
import { UserCacheModule } from '@plaza/user-cache';
import { LikesModule } from './likes/likes.module.js';
import { PostsModule } from './posts/posts.module.js';

/** The table of contents of post-service: one module for each of its features. */
@Module({ imports: [UserCacheModule.forRoot(), PostsModule, LikesModule] })
export class AppModule {}
