import { Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
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
import { PostView } from '../posts/post.view.js';
import { BookmarksService } from './bookmarks.service.js';

@ApiTags('bookmarks')
@Controller('v1/posts')
export class BookmarksController {
  constructor(private readonly bookmarks: BookmarksService) {}

  @Get('bookmarks')
  @ApiOperation({ summary: 'The posts that I have bookmarked and may still see, newest bookmark first' })
  @ApiPage(PostView)
  @ApiProblems({ 400: ['QUERY_INVALID', 'CURSOR_INVALID'] })
  list(@CurrentUser() me: TokenUser, @Query() query: PageQuery): Promise<Page<PostView>> {
    return this.bookmarks.list(me.id, query);
  }

  @Put(':id/bookmark')
  @NoContent()
  @ApiOperation({ summary: 'Bookmark a post' })
  @ApiProblems({ 404: ['POST_NOT_FOUND'] })
  add(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.bookmarks.add(me.id, id);
  }

  @Delete(':id/bookmark')
  @NoContent()
  @ApiOperation({ summary: 'Take a bookmark away' })
  remove(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.bookmarks.remove(me.id, id);
  }
}
