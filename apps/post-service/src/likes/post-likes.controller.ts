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
import { POST } from './likeable.js';
import { LikesService } from './likes.service.js';
import { LikerView, PostLikeView, postLikeView } from './likes.view.js';

@ApiTags('likes')
@Controller('v1/posts')
export class PostLikesController {
  constructor(private readonly likes: LikesService) {}

  @Put(':id/like')
  @ApiOperation({ summary: 'Like a post' })
  @ApiOkResponse({ type: PostLikeView })
  @ApiProblems({ 400: ['PATH_INVALID'], 403: ['ACCOUNT_NOT_ACTIVE'], 404: ['POST_NOT_FOUND'] })
  async like(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<PostLikeView> {
    return postLikeView(id, await this.likes.like(POST, me.id, id));
  }

  @Delete(':id/like')
  @NoContent()
  @ApiOperation({ summary: 'Take the like of a post back' })
  @ApiProblems({ 400: ['PATH_INVALID'] })
  unlike(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.likes.unlike(POST, me.id, id);
  }

  @Get(':id/likes')
  @ApiOperation({ summary: 'Those who like a post, newest first' })
  @ApiPage(LikerView)
  @ApiProblems({ 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'], 404: ['POST_NOT_FOUND'] })
  likers(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<LikerView>> {
    return this.likes.likers(POST, me.id, id, query);
  }
}
