import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, Idempotent, IdParam, NoContent, type TokenUser } from '@plaza/service-kit';
import { ConversationView } from './conversation.view.js';
import { RequestsService } from './requests.service.js';

@ApiTags('conversations')
@Controller('v1/conversations/:id')
export class RequestsController {
  constructor(private readonly requests: RequestsService) {}

  @Post('accept')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Agree to talk with who has asked' })
  @ApiOkResponse({ type: ConversationView })
  @ApiProblems({
    400: ['PATH_INVALID'],
    404: ['CONVERSATION_NOT_FOUND', 'REQUEST_NOT_FOUND'],
    409: ['IDEMPOTENCY_BUSY'],
    422: ['IDEMPOTENCY_KEY_REUSED'],
  })
  accept(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<ConversationView> {
    return this.requests.accept(id, me.id);
  }

  @Post('decline')
  @NoContent()
  @Idempotent()
  @ApiOperation({ summary: 'Do not talk with who has asked, who is not told' })
  @ApiProblems({
    400: ['PATH_INVALID'],
    404: ['CONVERSATION_NOT_FOUND', 'REQUEST_NOT_FOUND'],
    409: ['REQUEST_ACCEPTED', 'IDEMPOTENCY_BUSY'],
    422: ['IDEMPOTENCY_KEY_REUSED'],
  })
  decline(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.requests.decline(id, me.id);
  }
}
