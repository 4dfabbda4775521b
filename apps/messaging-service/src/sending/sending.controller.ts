import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, Idempotent, IdParam, type TokenUser } from '@plaza/service-kit';
import type { FastifyReply } from 'fastify';
import { MessageView } from '../messages/message.view.js';
import { SendMessage } from '../messages/send.dto.js';
import { SendingService } from './sending.service.js';

@ApiTags('messages')
@Controller('v1/conversations')
export class SendingController {
  constructor(private readonly sending: SendingService) {}

  @Post(':id/messages')
  @Idempotent()
  @ApiOperation({
    summary: 'Send a message',
    description: 'With a `clientId`, or an Idempotency-Key, a message that is sent again is the same one.',
  })
  @ApiCreatedResponse({ type: MessageView })
  @ApiOkResponse({ type: MessageView, description: 'It was sent before; this is what it is now' })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['ACCOUNT_NOT_ACTIVE', 'SEND_NOT_ALLOWED', 'MESSAGE_NOT_ALLOWED', 'REQUEST_PENDING'],
    404: ['CONVERSATION_NOT_FOUND'],
    409: ['CLIENT_ID_REUSED'],
    422: ['BODY_INVALID', 'REPLY_TO_UNKNOWN', 'IDEMPOTENCY_KEY_REUSED'],
  })
  async send(
    @CurrentUser() me: TokenUser,
    @IdParam() id: string,
    @Body() body: SendMessage,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MessageView> {
    const { view, isNew } = await this.sending.send(me.id, id, body);
    reply.status(isNew ? 201 : 200);
    return view;
  }
}
