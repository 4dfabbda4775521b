import { Controller, Delete, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  CurrentUser,
  IdParam,
  NoContent,
  type Page,
  PageQuery,
  type TokenUser,
} from '@plaza/service-kit';
import { SessionsService } from './sessions.service.js';
import { SessionView } from './sessions.view.js';

@ApiTags('auth')
@Controller('v1/auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOperation({ summary: 'Where one is signed in' })
  @ApiPage(SessionView)
  @ApiProblems({ 400: ['CURSOR_INVALID'] })
  list(@CurrentUser() me: TokenUser, @Query() query: PageQuery): Promise<Page<SessionView>> {
    return this.sessions.list(me, query);
  }

  @Delete()
  @NoContent()
  @ApiOperation({ summary: 'End all sessions but this one' })
  endOthers(@CurrentUser() me: TokenUser): Promise<void> {
    return this.sessions.endOthers(me);
  }

  @Delete(':id')
  @NoContent()
  @ApiOperation({ summary: 'End a session' })
  @ApiProblems({ 404: ['SESSION_NOT_FOUND'] })
  end(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.sessions.end(me, id);
  }
}
