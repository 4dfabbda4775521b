import { Controller, Delete, Get, HttpCode, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, IdParam, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { SessionsService } from './sessions.service.js';
import type { SessionView } from './sessions.view.js';

@ApiTags('auth')
@ApiBearerAuth()
@Controller('v1/auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOperation({ summary: 'Where one is signed in' })
  list(@CurrentUser() me: TokenUser, @Query() query: PageQuery): Promise<Page<SessionView>> {
    return this.sessions.list(me, query);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'End all sessions but this one' })
  endOthers(@CurrentUser() me: TokenUser): Promise<void> {
    return this.sessions.endOthers(me);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'End a session' })
  end(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.sessions.end(me, id);
  }
}
