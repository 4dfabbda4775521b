import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, IdParam, type Page, type TokenUser } from '@plaza/service-kit';
import type { FastifyReply } from 'fastify';
import { ETAG, tagged } from './etag.js';
import { UserSummaryView, UserView, viewFor } from './user.view.js';
import { UserSearch } from './user-search.service.js';
import { USERNAME_PATTERN } from './usernames.js';
import { SearchUsers } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('users')
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly found: UserSearch,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Find users by a part of the username or the display name' })
  @ApiPage(UserSummaryView)
  @ApiProblems({ 400: ['QUERY_INVALID', 'CURSOR_INVALID'] })
  search(@Query() query: SearchUsers): Promise<Page<UserSummaryView>> {
    return this.found.search(query);
  }

  @Get('by-username/:username')
  @ApiOperation({ summary: 'A user by username' })
  @ApiParam({ name: 'username', schema: { type: 'string', pattern: USERNAME_PATTERN } })
  @ApiOkResponse({ type: UserView, headers: ETAG })
  @ApiProblems({ 404: ['USER_NOT_FOUND'] })
  async byUsername(
    @Param('username') username: string,
    @CurrentUser() viewer: TokenUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserView> {
    return tagged(reply, await this.users.byUsername(username, viewer), (row) => viewFor(row, viewer));
  }

  @Get(':id')
  @ApiOperation({ summary: 'A user by id' })
  @ApiOkResponse({ type: UserView, headers: ETAG })
  @ApiProblems({ 404: ['USER_NOT_FOUND'] })
  async byId(
    @IdParam() id: string,
    @CurrentUser() viewer: TokenUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserView> {
    return tagged(reply, await this.users.byId(id, viewer), (row) => viewFor(row, viewer));
  }
}
