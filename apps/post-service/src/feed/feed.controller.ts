import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { PostView } from '../posts/post.view.js';
import { FeedService } from './feed.service.js';

@ApiTags('feed')
@Controller('v1/feed')
export class FeedController {
  constructor(private readonly feed: FeedService) {}

  @Get()
  @ApiOperation({ summary: 'My home feed: posts of those whom I follow or am friends with, newest first' })
  @ApiPage(PostView)
  @ApiProblems({ 400: ['QUERY_INVALID', 'CURSOR_INVALID'] })
  home(@CurrentUser() me: TokenUser, @Query() query: PageQuery): Promise<Page<PostView>> {
    return this.feed.home(me.id, query);
  }
}
