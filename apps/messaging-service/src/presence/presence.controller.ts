import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, type TokenUser } from '@plaza/service-kit';
import { ChoosePresence, PresenceQuery } from './presence.dto.js';
import { PresenceService } from './presence.service.js';
import { OwnPresenceView, PresencesView } from './presence.view.js';

@ApiTags('presence')
@Controller('v1/presence')
export class PresenceController {
  constructor(private readonly presence: PresenceService) {}

  @Put()
  @ApiOperation({ summary: 'Choose how others see me while I am connected' })
  @ApiOkResponse({ type: OwnPresenceView })
  @ApiProblems({ 422: ['BODY_INVALID'] })
  choose(@CurrentUser() me: TokenUser, @Body() { status }: ChoosePresence): Promise<OwnPresenceView> {
    return this.presence.choose(me.id, status);
  }

  @Get()
  @ApiOperation({ summary: 'Who of some people is there; of those I share no conversation with nobody is' })
  @ApiOkResponse({ type: PresencesView })
  @ApiProblems({ 400: ['QUERY_INVALID'] })
  read(@CurrentUser() me: TokenUser, @Query() { userIds }: PresenceQuery): Promise<PresencesView> {
    return this.presence.read(me.id, userIds);
  }
}
