import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  CurrentUser,
  Idempotent,
  IdParam,
  type Page,
  PageQuery,
  type TokenUser,
} from '@plaza/service-kit';
import { CommentReads } from './comment-reads.js';
import { CreateComment } from './comments.dto.js';
import { CommentsService } from './comments.service.js';
import { CommentView } from './comments.view.js';

@ApiTags('comments')
@Controller('v1/posts')
export class PostCommentsController {
  constructor(
    private readonly comments: CommentsService,
    private readonly reads: CommentReads,
  ) {}

  @Post(':id/comments')
  @Idempotent()
  @ApiOperation({ summary: 'Comment on a post, or answer a comment of it' })
  @ApiCreatedResponse({ type: CommentView })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['ACCOUNT_NOT_ACTIVE'],
    404: ['POST_NOT_FOUND', 'COMMENT_NOT_FOUND'],
    422: ['BODY_INVALID', 'COMMENT_OF_OTHER_POST'],
  })
  create(@CurrentUser() me: TokenUser, @IdParam() id: string, @Body() draft: CreateComment): Promise<CommentView> {
    return this.comments.create(me.id, id, draft);
  }

  @Get(':id/comments')
  @ApiOperation({ summary: 'The comments on a post that answer no other, newest first' })
  @ApiPage(CommentView)
  @ApiProblems({ 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'], 404: ['POST_NOT_FOUND'] })
  list(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<CommentView>> {
    return this.reads.ofPost(me.id, id, query);
  }
}
