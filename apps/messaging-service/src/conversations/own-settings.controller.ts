import { applyDecorators, Body, Controller, Delete, Put } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, IdParam, type TokenUser } from '@plaza/service-kit';
import { MuteConversation } from './conversations.dto.js';
import { OwnSettingsService } from './own-settings.service.js';
import { OwnSettingsView } from './own-settings.view.js';

@ApiTags('conversations')
@Controller('v1/conversations/:id')
export class OwnSettingsController {
  constructor(private readonly settings: OwnSettingsService) {}

  @Put('archive')
  @OwnSetting('Put a conversation away from my list')
  archive(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<OwnSettingsView> {
    return this.settings.archive(id, me.id, true);
  }

  @Delete('archive')
  @OwnSetting('Put a conversation back into my list')
  unarchive(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<OwnSettingsView> {
    return this.settings.archive(id, me.id, false);
  }

  @Put('pin')
  @OwnSetting('Keep a conversation at the top of my list; at most 20')
  @ApiProblems({ 409: ['TOO_MANY_PINS'] })
  pin(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<OwnSettingsView> {
    return this.settings.pin(id, me.id);
  }

  @Delete('pin')
  @OwnSetting('Keep a conversation at the top of my list no more')
  unpin(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<OwnSettingsView> {
    return this.settings.unpin(id, me.id);
  }

  @Put('mute')
  @OwnSetting('Be told of no messages in a conversation, until a time or for ever')
  @ApiBody({ type: MuteConversation, required: false })
  @ApiProblems({ 422: ['BODY_INVALID'] })
  mute(
    @CurrentUser() me: TokenUser,
    @IdParam() id: string,
    @Body() { until }: MuteConversation,
  ): Promise<OwnSettingsView> {
    return this.settings.mute(id, me.id, until);
  }

  @Delete('mute')
  @OwnSetting('Be told of messages in a conversation again')
  unmute(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<OwnSettingsView> {
    return this.settings.unmute(id, me.id);
  }
}

function OwnSetting(summary: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiOkResponse({ type: OwnSettingsView }),
    ApiProblems({ 400: ['PATH_INVALID'], 404: ['CONVERSATION_NOT_FOUND'] }),
  );
}
