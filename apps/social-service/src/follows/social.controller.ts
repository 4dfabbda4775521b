import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { FollowListsService } from './follow-lists.service.js';
import { RelationshipsQuery, UserIdParams } from './follows.dto.js';
import type { FollowListItem, RelationshipView } from './follows.view.js';

@ApiTags('social')
@Controller('v1/social')
export class SocialController {
  constructor(private readonly lists: FollowListsService) {}

  @Get('relationships')
  @ApiOperation({ summary: 'How I stand to each of a list of users' })
  async relationships(
    @CurrentUser() me: TokenUser,
    @Query() { userIds }: RelationshipsQuery,
  ): Promise<{ items: RelationshipView[] }> {
    return { items: await this.lists.relationships(me.id, userIds) };
  }

  @Get(':userId/followers')
  @ApiOperation({ summary: "A user's followers, newest first" })
  followers(
    @CurrentUser() me: TokenUser,
    @Param() { userId }: UserIdParams,
    @Query() query: PageQuery,
  ): Promise<Page<FollowListItem>> {
    return this.lists.followers(me.id, userId, query);
  }

  @Get(':userId/following')
  @ApiOperation({ summary: 'Those whom a user follows, newest first' })
  following(
    @CurrentUser() me: TokenUser,
    @Param() { userId }: UserIdParams,
    @Query() query: PageQuery,
  ): Promise<Page<FollowListItem>> {
    return this.lists.following(me.id, userId, query);
  }
}
