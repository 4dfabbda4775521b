import { Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Idempotent, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { FollowListsService } from './follow-lists.service.js';
import { UserIdParams } from './follows.dto.js';
import { FollowsService } from './follows.service.js';
import type { FollowListItem, FollowView } from './follows.view.js';

@ApiTags('follows')
@Controller('v1/follows')
export class FollowsController {
  constructor(
    private readonly follows: FollowsService,
    private readonly lists: FollowListsService,
  ) {}

  @Get('requests')
  @ApiOperation({ summary: 'Those who have asked to follow me' })
  requests(@CurrentUser() me: TokenUser, @Query() query: PageQuery): Promise<Page<FollowListItem>> {
    return this.lists.requests(me.id, query);
  }

  @Post('requests/:userId/accept')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: "Accept somebody's request to follow me" })
  accept(@CurrentUser() me: TokenUser, @Param() { userId }: UserIdParams): Promise<FollowView> {
    return this.follows.acceptRequest(me.id, userId);
  }

  @Post('requests/:userId/decline')
  @HttpCode(204)
  @Idempotent()
  @ApiOperation({ summary: "Decline somebody's request to follow me" })
  decline(@CurrentUser() me: TokenUser, @Param() { userId }: UserIdParams): Promise<void> {
    return this.follows.declineRequest(me.id, userId);
  }

  @Delete('followers/:userId')
  @HttpCode(204)
  @ApiOperation({ summary: 'End that somebody follows me' })
  removeFollower(@CurrentUser() me: TokenUser, @Param() { userId }: UserIdParams): Promise<void> {
    return this.follows.removeFollower(me.id, userId);
  }

  @Put(':userId')
  @ApiOperation({ summary: 'Follow a user, or ask to where the account is private' })
  follow(@CurrentUser() me: TokenUser, @Param() { userId }: UserIdParams): Promise<FollowView> {
    return this.follows.follow(me.id, userId);
  }

  @Delete(':userId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Unfollow a user, or withdraw the request' })
  unfollow(@CurrentUser() me: TokenUser, @Param() { userId }: UserIdParams): Promise<void> {
    return this.follows.unfollow(me.id, userId);
  }
}
