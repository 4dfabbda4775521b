import { Body, Controller, Delete, Get, Patch, Query } from '@nestjs/common';
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
import { CommentReads } from './comment-reads.js';
import { EditComment } from './comments.dto.js';
import { CommentsService } from './comments.service.js';
import { CommentView } from './comments.view.js';

@ApiTags('comments')
@Controller('v1/comments')
export class CommentsController {
  constructor(
    private readonly comments: CommentsService,
    private readonly reads: CommentReads,
  ) {}

  @Get(':id')
  @ApiOperation({ summary: 'A comment' })
  @ApiOkResponse({ type: CommentView })
  @ApiProblems({ 400: ['PATH_INVALID'], 404: ['COMMENT_NOT_FOUND'] })
  get(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<CommentView> {
    return this.reads.get(me.id, id);
  }

  @Get(':id/replies')
  @ApiOperation({ summary: 'The direct replies to a comment, newest first' })
  @ApiPage(CommentView)
  @ApiProblems({ 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'], 404: ['COMMENT_NOT_FOUND'] })
  replies(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<CommentView>> {
    return this.reads.replies(me.id, id, query);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Edit a comment of mine' })
  @ApiOkResponse({ type: CommentView })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['COMMENT_NOT_YOURS', 'ACCOUNT_NOT_ACTIVE'],
    404: ['COMMENT_NOT_FOUND'],
    422: ['BODY_INVALID'],
  })
  edit(@CurrentUser() me: TokenUser, @IdParam() id: string, @Body() { content }: EditComment): Promise<CommentView> {
    return this.comments.edit(me.id, id, content);
  }

  @Delete(':id')
  @NoContent()
  @ApiOperation({
    summary: 'Delete a comment of mine, or one on a post of mine',
    description: 'Its replies stay: where there are any, it keeps its place, without words and author.',
  })
  @ApiProblems({ 400: ['PATH_INVALID'], 403: ['COMMENT_NOT_YOURS'], 404: ['COMMENT_NOT_FOUND'] })
  remove(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.comments.remove(me.id, id);
  }
}
