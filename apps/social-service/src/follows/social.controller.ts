import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, IdParam, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { FollowListsService } from './follow-lists.service.js';
import { RelationshipsQuery } from './follows.dto.js';
import { FollowListItem, RelationshipsView } from './follows.view.js';

const HIDDEN = {
  400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'],
  403: ['LIST_HIDDEN'],
  404: ['USER_NOT_FOUND'],
};

@ApiTags('social')
@Controller('v1/social')
export class SocialController {
  constructor(private readonly lists: FollowListsService) {}

  @Get('relationships')
  @ApiOperation({ summary: 'How I stand to each of a list of users' })
  @ApiOkResponse({ type: RelationshipsView })
  async relationships(
    @CurrentUser() me: TokenUser,
    @Query() { userIds }: RelationshipsQuery,
  ): Promise<RelationshipsView> {
    return { items: await this.lists.relationships(me.id, userIds) };
  }

  @Get(':userId/followers')
  @ApiOperation({ summary: "A user's followers, newest first" })
  @ApiPage(FollowListItem)
  @ApiProblems(HIDDEN)
  followers(
    @CurrentUser() me: TokenUser,
    @IdParam('userId') userId: string,
    @Query() query: PageQuery,
  ): Promise<Page<FollowListItem>> {
    return this.lists.followers(me.id, userId, query);
  }

  @Get(':userId/following')
  @ApiOperation({ summary: 'Those whom a user follows, newest first' })
  @ApiPage(FollowListItem)
  @ApiProblems(HIDDEN)
  following(
    @CurrentUser() me: TokenUser,
    @IdParam('userId') userId: string,
    @Query() query: PageQuery,
  ): Promise<Page<FollowListItem>> {
    return this.lists.following(me.id, userId, query);
  }
}
