import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type TokenUser } from '@plaza/service-kit';
import { UserIdParams } from '../follows/follows.dto.js';
import { StatsService } from './stats.service.js';
import type { StatsView } from './stats.view.js';

@ApiTags('social')
@Controller('v1/social')
export class StatsController {
  constructor(private readonly stats: StatsService) {}

  @Get(':userId/stats')
  @ApiOperation({ summary: "A user's counts" })
  of(@CurrentUser() me: TokenUser, @Param() { userId }: UserIdParams): Promise<StatsView> {
    return this.stats.of(me.id, userId);
  }
}
