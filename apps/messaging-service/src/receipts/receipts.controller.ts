import { Body, Controller, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, IdParam, type TokenUser } from '@plaza/service-kit';
import { UpTo } from './receipts.dto.js';
import { ReceiptsService } from './receipts.service.js';
import { DeliveredView, ReadView } from './receipts.view.js';

const problems = {
  400: ['PATH_INVALID'],
  404: ['CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
  422: ['BODY_INVALID'],
};

@ApiTags('receipts')
@Controller('v1/conversations/:id')
export class ReceiptsController {
  constructor(private readonly receipts: ReceiptsService) {}

  @Put('read')
  @ApiOperation({ summary: 'Say that I have read everything up to a message' })
  @ApiOkResponse({ type: ReadView })
  @ApiProblems(problems)
  read(@CurrentUser() me: TokenUser, @IdParam() id: string, @Body() upTo: UpTo): Promise<ReadView> {
    return this.receipts.read(me.id, id, upTo);
  }

  @Put('delivered')
  @ApiOperation({ summary: 'Say that everything up to a message has reached a device of mine' })
  @ApiOkResponse({ type: DeliveredView })
  @ApiProblems(problems)
  delivered(@CurrentUser() me: TokenUser, @IdParam() id: string, @Body() upTo: UpTo): Promise<DeliveredView> {
    return this.receipts.delivered(me.id, id, upTo);
  }
}
