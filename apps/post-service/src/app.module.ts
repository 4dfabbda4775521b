import { Module } from '@nestjs/common';
import { UserCacheModule } from '@plaza/user-cache';
import { BookmarksModule } from './bookmarks/bookmarks.module.js';
import { CommentsModule } from './comments/comments.module.js';
import { FeedModule } from './feed/feed.module.js';
import { LikesModule } from './likes/likes.module.js';
import { ListsModule } from './lists/lists.module.js';
import { PostsModule } from './posts/posts.module.js';
import { RelationsModule } from './relations/relations.module.js';
import { ReplicaModule } from './replica/replica.module.js';

/** The table of contents of post-service: one module for each of its features. */
@Module({
  imports: [
    UserCacheModule.forRoot(),
    ReplicaModule,
    PostsModule,
    ListsModule,
    BookmarksModule,
    CommentsModule,
    LikesModule,
    RelationsModule,
    FeedModule,
  ],
})
export class AppModule {}
