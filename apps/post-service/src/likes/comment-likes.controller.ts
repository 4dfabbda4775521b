import { Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  CurrentUser,
  IdParam,
  NoContent,
  type Page,
  PageQuery,
  type TokenUser,
} from '@plaza/service-kit';
import { COMMENT } from './likeable.js';
import { LikesService } from './likes.service.js';
import { CommentLikeView, commentLikeView, LikerView } from './likes.view.js';

@ApiTags('likes')
@Controller('v1/comments')
export class CommentLikesController {
  constructor(private readonly likes: LikesService) {}

  @Put(':id/like')
  @ApiOperation({ summary: 'Like a comment' })
  @ApiOkResponse({ type: CommentLikeView })
  @ApiProblems({ 400: ['PATH_INVALID'], 403: ['ACCOUNT_NOT_ACTIVE'], 404: ['COMMENT_NOT_FOUND'] })
  async like(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<CommentLikeView> {
    return commentLikeView(id, await this.likes.like(COMMENT, me.id, id));
  }

  @Delete(':id/like')
  @NoContent()
  @ApiOperation({ summary: 'Take the like of a comment back' })
  @ApiProblems({ 400: ['PATH_INVALID'] })
  unlike(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.likes.unlike(COMMENT, me.id, id);
  }

  @Get(':id/likes')
  @ApiOperation({ summary: 'Those who like a comment, newest first' })
  @ApiPage(LikerView)
  @ApiProblems({ 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'], 404: ['COMMENT_NOT_FOUND'] })
  likers(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<LikerView>> {
    return this.likes.likers(COMMENT, me.id, id, query);
  }
}
