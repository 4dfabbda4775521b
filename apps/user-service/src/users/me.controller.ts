import { Body, Controller, Get, Headers, Patch, Put, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, type TokenUser } from '@plaza/service-kit';
import type { FastifyReply } from 'fastify';
import { ETAG, tagged } from './etag.js';
import { PrivacySettings, privacyOf } from './privacy-settings.js';
import { ProfilesService } from './profiles.service.js';
import { OwnUserView, ownView } from './user.view.js';
import type { UserRow } from './user-row.js';
import { UpdateProfile } from './users.dto.js';
import { UsersService } from './users.service.js';

const IF_MATCH = { name: 'if-match', required: false, description: 'ETag of what the change starts from; else 412' };

@ApiTags('users')
@Controller('v1/users/me')
export class MeController {
  constructor(
    private readonly users: UsersService,
    private readonly profiles: ProfilesService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Oneself: account and profile' })
  @ApiOkResponse({ type: OwnUserView, headers: ETAG })
  async me(@CurrentUser() me: TokenUser, @Res({ passthrough: true }) reply: FastifyReply): Promise<OwnUserView> {
    return tagged(reply, await this.users.me(me), ownView);
  }

  @Patch()
  @ApiOperation({ summary: 'Change the profile; what is absent stays, null takes away' })
  @ApiHeader(IF_MATCH)
  @ApiProblems({ 403: ['ACCOUNT_SUSPENDED', 'ACCOUNT_DEACTIVATED'], 412: ['VERSION_CHANGED'] })
  @ApiOkResponse({ type: OwnUserView, headers: ETAG })
  async update(
    @CurrentUser() me: TokenUser,
    @Body() changes: UpdateProfile,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OwnUserView> {
    return tagged(reply, await this.profiles.update(me.id, changes, ifMatch), ownView);
  }

  @Get('privacy')
  @ApiOperation({ summary: 'Who may see or do what' })
  @ApiOkResponse({ type: PrivacySettings, headers: ETAG })
  async privacy(
    @CurrentUser() me: TokenUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PrivacySettings> {
    return tagged(reply, await this.users.me(me), privacyView);
  }

  @Put('privacy')
  @ApiOperation({ summary: 'Replace who may see or do what' })
  @ApiHeader(IF_MATCH)
  @ApiProblems({ 403: ['ACCOUNT_SUSPENDED', 'ACCOUNT_DEACTIVATED'], 412: ['VERSION_CHANGED'] })
  @ApiOkResponse({ type: PrivacySettings, headers: ETAG })
  async replacePrivacy(
    @CurrentUser() me: TokenUser,
    @Body() settings: PrivacySettings,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PrivacySettings> {
    return tagged(reply, await this.profiles.replacePrivacy(me.id, settings, ifMatch), privacyView);
  }
}

function privacyView(row: UserRow): PrivacySettings {
  return privacyOf(row.privacySettings);
}
