import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, IdParam, type Page, PageQuery, type TokenUser } from '@plaza/service-kit';
import { EditHistoryService } from './edit-history.service.js';
import { MessageView } from './message.view.js';
import { MessageListsService } from './message-lists.service.js';
import { SearchQuery } from './messages.dto.js';
import { EditView, ReaderView } from './messages.view.js';
import { ReadByService } from './read-by.service.js';
import { SearchService } from './search.service.js';

const problems = { 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'], 404: ['MESSAGE_NOT_FOUND'] };

@ApiTags('messages')
@Controller('v1/messages')
export class MessageListsController {
  constructor(
    private readonly lists: MessageListsService,
    private readonly history: EditHistoryService,
    private readonly readers: ReadByService,
    private readonly found: SearchService,
  ) {}

  @Get('search')
  @ApiOperation({ summary: 'Search in your conversations, the newest messages first' })
  @ApiPage(MessageView)
  @ApiProblems({ 400: ['QUERY_INVALID', 'CURSOR_INVALID'], 404: ['CONVERSATION_NOT_FOUND'] })
  search(@CurrentUser() me: TokenUser, @Query() query: SearchQuery): Promise<Page<MessageView>> {
    return this.found.search(me.id, query);
  }

  @Get(':id/edits')
  @ApiOperation({ summary: 'What a message said before, the newest first' })
  @ApiPage(EditView)
  @ApiProblems(problems)
  edits(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<EditView>> {
    return this.history.list(me.id, id, query);
  }

  @Get(':id/thread')
  @ApiOperation({ summary: 'The answers in the thread that a message began or is part of, the oldest first' })
  @ApiPage(MessageView)
  @ApiProblems(problems)
  thread(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<MessageView>> {
    return this.lists.thread(me.id, id, query);
  }

  @Get(':id/read-by')
  @ApiOperation({
    summary: 'Who has read a message, of those who show it',
    description: 'Up to 100 members. Who does not show what they have read, is not shown what others have.',
  })
  @ApiPage(ReaderView)
  @ApiProblems({ ...problems, 409: ['CONVERSATION_TOO_LARGE'] })
  readBy(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<ReaderView>> {
    return this.readers.list(me.id, id, query);
  }
}
