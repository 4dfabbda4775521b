import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PostsModule } from '../posts/posts.module.js';
import { TextModule } from '../text/text.module.js';
import { VisibilityModule } from '../visibility/visibility.module.js';
import { Comment } from './comment.entity.js';
import { CommentReads } from './comment-reads.js';
import { CommentsController } from './comments.controller.js';
import { CommentsService } from './comments.service.js';
import { NewComments } from './new-comments.js';
import { PostCommentsController } from './post-comments.controller.js';

@Module({
  imports: [TypeOrmModule.forFeature([Comment]), PostsModule, TextModule, VisibilityModule],
  controllers: [PostCommentsController, CommentsController],
  providers: [CommentsService, NewComments, CommentReads],
})
export class CommentsModule {}
