import { Module } from '@nestjs/common';
import { UserCacheModule } from '@plaza/user-cache';
import { PostsModule } from './posts/posts.module.js';

/** The table of contents of post-service: one module for each of its features. */
@Module({ imports: [UserCacheModule.forRoot(), PostsModule] })
export class AppModule {}
