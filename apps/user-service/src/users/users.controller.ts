import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, IdParam, type Page, type TokenUser } from '@plaza/service-kit';
import type { FastifyReply } from 'fastify';
import { tagged } from './etag.js';
import { UserSummaryView, UserView, viewFor } from './user.view.js';
import { UserSearch } from './user-search.service.js';
import { SearchUsers } from './users.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('users')
@ApiBearerAuth()
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly found: UserSearch,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Find users by a part of the username or the display name' })
  search(@Query() query: SearchUsers): Promise<Page<UserSummaryView>> {
    return this.found.search(query);
  }

  @Get('by-username/:username')
  @ApiOperation({ summary: 'A user by username' })
  @ApiOkResponse({ type: UserView })
  async byUsername(
    @Param('username') username: string,
    @CurrentUser() viewer: TokenUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserView> {
    return tagged(reply, await this.users.byUsername(username, viewer), (row) => viewFor(row, viewer));
  }

  @Get(':id')
  @ApiOperation({ summary: 'A user by id' })
  @ApiOkResponse({ type: UserView })
  async byId(
    @IdParam() id: string,
    @CurrentUser() viewer: TokenUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserView> {
    return tagged(reply, await this.users.byId(id, viewer), (row) => viewFor(row, viewer));
  }
}
