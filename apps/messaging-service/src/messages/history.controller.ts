import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, IdParam, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { HistoryService } from './history.service.js';
import { MessageView } from './message.view.js';
import { MessageListsService } from './message-lists.service.js';
import { HistoryQuery } from './messages.dto.js';

const problems = { 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'], 404: ['CONVERSATION_NOT_FOUND'] };

@ApiTags('messages')
@Controller('v1/conversations')
export class HistoryController {
  constructor(
    private readonly history: HistoryService,
    private readonly lists: MessageListsService,
  ) {}

  @Get(':id/messages')
  @ApiOperation({
    summary: 'The messages of a conversation',
    description:
      'The newest first, or those before, after or around a `seq`. A cursor goes on in the direction of its page.',
  })
  @ApiPage(MessageView)
  @ApiProblems(problems)
  list(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: HistoryQuery): Promise<Page<MessageView>> {
    return this.history.list(me.id, id, query);
  }

  @Get(':id/pins')
  @ApiOperation({ summary: 'The pinned messages of a conversation, the one that was pinned last first' })
  @ApiPage(MessageView)
  @ApiProblems(problems)
  pins(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<MessageView>> {
    return this.lists.pins(me.id, id, query);
  }
}
