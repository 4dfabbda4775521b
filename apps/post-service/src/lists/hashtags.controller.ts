import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { PostView } from '../posts/post.view.js';
import { HashtagParam } from './hashtag-param.js';
import { PostListsService } from './post-lists.service.js';

@ApiTags('hashtags')
@Controller('v1/hashtags')
export class HashtagsController {
  constructor(private readonly lists: PostListsService) {}

  @Get(':tag/posts')
  @ApiOperation({ summary: 'Posts with a hashtag, newest first' })
  @ApiPage(PostView)
  @ApiProblems({ 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'] })
  ofHashtag(
    @CurrentUser() me: TokenUser,
    @HashtagParam('tag') tag: string,
    @Query() query: PageQuery,
  ): Promise<Page<PostView>> {
    return this.lists.ofHashtag(me.id, tag, query);
  }
}
