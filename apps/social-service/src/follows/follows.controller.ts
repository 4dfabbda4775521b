import { Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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
import { FollowListsService } from './follow-lists.service.js';
import { FollowsService } from './follows.service.js';
import { FollowListItem, FollowView } from './follows.view.js';

@ApiTags('follows')
@Controller('v1/follows')
export class FollowsController {
  constructor(
    private readonly follows: FollowsService,
    private readonly lists: FollowListsService,
  ) {}

  @Get('requests')
  @ApiOperation({ summary: 'Those who have asked to follow me' })
  @ApiPage(FollowListItem)
  @ApiProblems({ 400: ['QUERY_INVALID', 'CURSOR_INVALID'] })
  requests(@CurrentUser() me: TokenUser, @Query() query: PageQuery): Promise<Page<FollowListItem>> {
    return this.lists.requests(me.id, query);
  }

  @Post('requests/:userId/accept')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: "Accept somebody's request to follow me" })
  @ApiOkResponse({ type: FollowView })
  @ApiProblems({ 404: ['FOLLOW_REQUEST_NOT_FOUND'] })
  accept(@CurrentUser() me: TokenUser, @IdParam('userId') userId: string): Promise<FollowView> {
    return this.follows.acceptRequest(me.id, userId);
  }

  @Post('requests/:userId/decline')
  @NoContent()
  @Idempotent()
  @ApiOperation({ summary: "Decline somebody's request to follow me" })
  @ApiProblems({ 404: ['FOLLOW_REQUEST_NOT_FOUND'] })
  decline(@CurrentUser() me: TokenUser, @IdParam('userId') userId: string): Promise<void> {
    return this.follows.declineRequest(me.id, userId);
  }

  @Delete('followers/:userId')
  @NoContent()
  @ApiOperation({ summary: 'End that somebody follows me' })
  removeFollower(@CurrentUser() me: TokenUser, @IdParam('userId') userId: string): Promise<void> {
    return this.follows.removeFollower(me.id, userId);
  }

  @Put(':userId')
  @ApiOperation({ summary: 'Follow a user, or ask to where the account is private' })
  @ApiOkResponse({ type: FollowView })
  @ApiProblems({ 403: ['ACCOUNT_NOT_ACTIVE'], 404: ['USER_NOT_FOUND'], 422: ['FOLLOW_SELF'] })
  follow(@CurrentUser() me: TokenUser, @IdParam('userId') userId: string): Promise<FollowView> {
    return this.follows.follow(me.id, userId);
  }

  @Delete(':userId')
  @NoContent()
  @ApiOperation({ summary: 'Unfollow a user, or withdraw the request' })
  unfollow(@CurrentUser() me: TokenUser, @IdParam('userId') userId: string): Promise<void> {
    return this.follows.unfollow(me.id, userId);
  }
}
