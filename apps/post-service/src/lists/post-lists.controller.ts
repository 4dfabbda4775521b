import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { PostView } from '../posts/post.view.js';
import { HashtagParam } from './hashtag-param.js';
import { PostsOfAuthor, SearchPosts } from './post-lists.dto.js';
import { PostListsService } from './post-lists.service.js';

const LIST = { 400: ['QUERY_INVALID', 'CURSOR_INVALID'] };

@Controller('v1')
export class PostListsController {
  constructor(private readonly lists: PostListsService) {}

  @Get('posts')
  @ApiTags('posts')
  @ApiOperation({ summary: "A user's posts, newest first" })
  @ApiPage(PostView)
  @ApiProblems({ ...LIST, 403: ['POSTS_HIDDEN'], 404: ['USER_NOT_FOUND'] })
  ofAuthor(@CurrentUser() me: TokenUser, @Query() query: PostsOfAuthor): Promise<Page<PostView>> {
    return this.lists.ofAuthor(me.id, query.authorId, query);
  }

  @Get('posts/search')
  @ApiTags('posts')
  @ApiOperation({ summary: 'Posts by their words, newest first' })
  @ApiPage(PostView)
  @ApiProblems(LIST)
  search(@CurrentUser() me: TokenUser, @Query() query: SearchPosts): Promise<Page<PostView>> {
    return this.lists.found(me.id, query.q, query);
  }

  @Get('hashtags/:tag/posts')
  @ApiTags('hashtags')
  @ApiOperation({ summary: 'Posts with a hashtag, newest first' })
  @ApiPage(PostView)
  @ApiProblems({ 400: ['PATH_INVALID', ...LIST[400]] })
  ofHashtag(
    @CurrentUser() me: TokenUser,
    @HashtagParam('tag') tag: string,
    @Query() query: PageQuery,
  ): Promise<Page<PostView>> {
    return this.lists.ofHashtag(me.id, tag, query);
  }

  @Get('feed/public')
  @ApiTags('feed')
  @ApiOperation({ summary: 'What everybody says to everybody, newest first' })
  @ApiPage(PostView)
  @ApiProblems(LIST)
  publicFeed(@CurrentUser() me: TokenUser, @Query() query: PageQuery): Promise<Page<PostView>> {
    return this.lists.everybodys(me.id, query);
  }
}
