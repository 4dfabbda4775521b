import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { PostView } from '../posts/post.view.js';
import { PostListsService } from './post-lists.service.js';

@ApiTags('feed')
@Controller('v1/feed')
export class PublicFeedController {
  constructor(private readonly lists: PostListsService) {}

  @Get('public')
  @ApiOperation({ summary: 'What everybody says to everybody, newest first' })
  @ApiPage(PostView)
  @ApiProblems({ 400: ['QUERY_INVALID', 'CURSOR_INVALID'] })
  publicFeed(@CurrentUser() me: TokenUser, @Query() query: PageQuery): Promise<Page<PostView>> {
    return this.lists.everybodys(me.id, query);
  }
}
