import { Controller, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, IdParam, NoContent, type TokenUser } from '@plaza/service-kit';
import { TypingService } from './typing.service.js';

@ApiTags('typing')
@Controller('v1/conversations/:id/typing')
export class TypingController {
  constructor(private readonly typing: TypingService) {}

  @Put()
  @NoContent()
  @ApiOperation({ summary: 'Say that I am typing; the others are told at most every 3 s' })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['ACCOUNT_NOT_ACTIVE', 'SEND_NOT_ALLOWED', 'MESSAGE_NOT_ALLOWED', 'REQUEST_PENDING'],
    404: ['CONVERSATION_NOT_FOUND'],
  })
  type(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.typing.type(me.id, id);
  }
}
