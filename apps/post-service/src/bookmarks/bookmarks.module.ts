import { Module } from '@nestjs/common';
import { ListsModule } from '../lists/lists.module.js';
import { PostsModule } from '../posts/posts.module.js';
import { BookmarksController } from './bookmarks.controller.js';
import { BookmarksService } from './bookmarks.service.js';

@Module({ imports: [PostsModule, ListsModule], controllers: [BookmarksController], providers: [BookmarksService] })
export class BookmarksModule {}
