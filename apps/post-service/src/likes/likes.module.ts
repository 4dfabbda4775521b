import { Module } from '@nestjs/common';
import { VisibilityModule } from '../visibility/visibility.module.js';
import { CommentLikesController } from './comment-likes.controller.js';
import { LikesService } from './likes.service.js';
import { PostLikesController } from './post-likes.controller.js';

@Module({
  imports: [VisibilityModule],
  controllers: [PostLikesController, CommentLikesController],
  providers: [LikesService],
})
export class LikesModule {}
