import { Body, Controller, Delete, Get, Patch, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, IdParam, NoContent, type TokenUser } from '@plaza/service-kit';
import { MessageView } from './message.view.js';
import { MessageDeletionService } from './message-deletion.service.js';
import { MessageEditsService } from './message-edits.service.js';
import { MessageListsService } from './message-lists.service.js';
import { MessagePinsService } from './message-pins.service.js';
import { DeleteQuery, EditMessage } from './messages.dto.js';

@ApiTags('messages')
@Controller('v1/messages')
export class MessagesController {
  constructor(
    private readonly lists: MessageListsService,
    private readonly edits: MessageEditsService,
    private readonly deletion: MessageDeletionService,
    private readonly pins: MessagePinsService,
  ) {}

  @Get(':id')
  @ApiOperation({ summary: 'A message' })
  @ApiOkResponse({ type: MessageView })
  @ApiProblems({ 400: ['PATH_INVALID'], 404: ['MESSAGE_NOT_FOUND'] })
  get(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<MessageView> {
    return this.lists.get(me.id, id);
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Edit a message of your own, or the words of a picture',
    description: 'As long as PLAZA_MESSAGE_EDIT_WINDOW lets. What it said before stays known.',
  })
  @ApiOkResponse({ type: MessageView })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: [
      'MESSAGE_NOT_YOURS',
      'EDIT_WINDOW_OVER',
      'SEND_NOT_ALLOWED',
      'MESSAGE_NOT_ALLOWED',
      'REQUEST_PENDING',
      'ACCOUNT_NOT_ACTIVE',
    ],
    404: ['MESSAGE_NOT_FOUND'],
    409: ['MESSAGE_DELETED'],
    422: ['BODY_INVALID'],
  })
  edit(@CurrentUser() me: TokenUser, @IdParam() id: string, @Body() { content }: EditMessage): Promise<MessageView> {
    return this.edits.edit(me.id, id, content);
  }

  @Delete(':id')
  @NoContent()
  @ApiOperation({
    summary: 'Delete a message for everybody, or for yourself alone',
    description: 'For everybody: its sender, or who manages the conversation and stands above the sender.',
  })
  @ApiProblems({ 400: ['PATH_INVALID', 'QUERY_INVALID'], 403: ['MESSAGE_NOT_YOURS'], 404: ['MESSAGE_NOT_FOUND'] })
  remove(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: DeleteQuery): Promise<void> {
    return this.deletion.removeFor(query.for, me.id, id);
  }

  @Put(':id/pin')
  @NoContent()
  @ApiOperation({ summary: 'Pin a message for all members' })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['PIN_NOT_ALLOWED', 'MESSAGE_NOT_ALLOWED', 'REQUEST_PENDING', 'ACCOUNT_NOT_ACTIVE'],
    404: ['MESSAGE_NOT_FOUND'],
    409: ['TOO_MANY_PINS', 'MESSAGE_DELETED'],
  })
  pin(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.pins.pin(me.id, id);
  }

  @Delete(':id/pin')
  @NoContent()
  @ApiOperation({ summary: 'Take the pin of a message away' })
  @ApiProblems({ 400: ['PATH_INVALID'], 403: ['PIN_NOT_ALLOWED'], 404: ['MESSAGE_NOT_FOUND'] })
  unpin(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.pins.unpin(me.id, id);
  }
}
