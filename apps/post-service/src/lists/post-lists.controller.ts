import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, type Page, type TokenUser } from '@plaza/service-kit';
import { PostView } from '../posts/post.view.js';
import { PostsOfAuthor, SearchPosts } from './post-lists.dto.js';
import { PostListsService } from './post-lists.service.js';

const LIST = { 400: ['QUERY_INVALID', 'CURSOR_INVALID'] };

@ApiTags('posts')
@Controller('v1/posts')
export class PostListsController {
  constructor(private readonly lists: PostListsService) {}

  @Get()
  @ApiOperation({ summary: "A user's posts, newest first" })
  @ApiPage(PostView)
  @ApiProblems({ ...LIST, 403: ['POSTS_HIDDEN'], 404: ['USER_NOT_FOUND'] })
  ofAuthor(@CurrentUser() me: TokenUser, @Query() query: PostsOfAuthor): Promise<Page<PostView>> {
    return this.lists.ofAuthor(me.id, query.authorId, query);
  }

  @Get('search')
  @ApiOperation({ summary: 'Posts by their words, newest first' })
  @ApiPage(PostView)
  @ApiProblems(LIST)
  search(@CurrentUser() me: TokenUser, @Query() query: SearchPosts): Promise<Page<PostView>> {
    return this.lists.found(me.id, query.q, query);
  }
}
