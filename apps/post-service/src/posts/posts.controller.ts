import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  CurrentUser,
  Idempotent,
  IdParam,
  NoContent,
  type Page,
  PageQuery,
  type TokenUser,
} from '@plaza/service-kit';
import { PostEditView, PostView } from './post.view.js';
import { PostEditsService } from './post-edits.service.js';
import { PostReads } from './post-reads.js';
import { CreatePost, EditPost } from './posts.dto.js';
import { PostsService } from './posts.service.js';

@ApiTags('posts')
@Controller('v1/posts')
export class PostsController {
  constructor(
    private readonly posts: PostsService,
    private readonly edits: PostEditsService,
    private readonly reads: PostReads,
  ) {}

  @Post()
  @Idempotent()
  @ApiOperation({ summary: 'Post something, or quote a post' })
  @ApiCreatedResponse({ type: PostView })
  @ApiProblems({
    403: ['ACCOUNT_NOT_ACTIVE', 'POST_NOT_SHAREABLE'],
    404: ['POST_NOT_FOUND'],
    409: ['IDEMPOTENCY_BUSY'],
    422: ['BODY_INVALID', 'IDEMPOTENCY_KEY_REUSED'],
  })
  create(@CurrentUser() me: TokenUser, @Body() body: CreatePost): Promise<PostView> {
    return this.posts.create(me.id, body);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A post by id' })
  @ApiOkResponse({ type: PostView })
  @ApiProblems({ 404: ['POST_NOT_FOUND'] })
  find(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<PostView> {
    return this.reads.get(me.id, id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Edit my post; what is absent stays, what it said before is kept' })
  @ApiOkResponse({ type: PostView })
  @ApiProblems({
    403: ['POST_NOT_YOURS', 'ACCOUNT_NOT_ACTIVE'],
    404: ['POST_NOT_FOUND'],
    422: ['BODY_INVALID', 'SHARE_NOT_EDITABLE'],
  })
  edit(@CurrentUser() me: TokenUser, @IdParam() id: string, @Body() changes: EditPost): Promise<PostView> {
    return this.edits.edit(me.id, id, changes);
  }

  @Get(':id/edits')
  @ApiOperation({ summary: 'What a post said before, newest first' })
  @ApiPage(PostEditView)
  @ApiProblems({ 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'], 404: ['POST_NOT_FOUND'] })
  history(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<PostEditView>> {
    return this.edits.history(me.id, id, query);
  }

  @Delete(':id')
  @NoContent()
  @ApiOperation({ summary: 'Delete my post' })
  @ApiProblems({ 403: ['POST_NOT_YOURS'], 404: ['POST_NOT_FOUND'] })
  remove(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.posts.remove(me.id, id);
  }
}
