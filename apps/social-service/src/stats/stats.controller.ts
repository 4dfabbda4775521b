import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, IdParam, type TokenUser } from '@plaza/service-kit';
import { StatsService } from './stats.service.js';
import { StatsView } from './stats.view.js';

@ApiTags('social')
@Controller('v1/social')
export class StatsController {
  constructor(private readonly stats: StatsService) {}

  @Get(':userId/stats')
  @ApiOperation({ summary: "A user's counts" })
  @ApiOkResponse({ type: StatsView })
  @ApiProblems({ 404: ['USER_NOT_FOUND'] })
  of(@CurrentUser() me: TokenUser, @IdParam('userId') userId: string): Promise<StatsView> {
    return this.stats.of(me.id, userId);
  }
}
