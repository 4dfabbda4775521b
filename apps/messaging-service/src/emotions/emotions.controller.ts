import { Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type Emotion, emotions } from '@plaza/contracts';
import { ApiPage, ApiProblems, CurrentUser, IdParam, type Page, type TokenUser } from '@plaza/service-kit';
import { EmotionParam } from './emotion-param.js';
import { ReactionsQuery } from './emotions.dto.js';
import { EmotionsService } from './emotions.service.js';
import { EmotionsView, ReactionView } from './emotions.view.js';
import { ReactionsService } from './reactions.service.js';

const emotionParam = { name: 'emotion', enum: emotions, enumName: 'Emotion' } as const;

@ApiTags('reactions')
@Controller('v1/messages')
export class EmotionsController {
  constructor(
    private readonly emotions: EmotionsService,
    private readonly reactions: ReactionsService,
  ) {}

  @Put(':id/reactions/:emotion')
  @ApiOperation({ summary: 'React to a message' })
  @ApiParam(emotionParam)
  @ApiOkResponse({ type: EmotionsView })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['MESSAGE_NOT_ALLOWED', 'REQUEST_PENDING', 'ACCOUNT_NOT_ACTIVE'],
    404: ['MESSAGE_NOT_FOUND'],
    409: ['MESSAGE_DELETED'],
  })
  react(@CurrentUser() me: TokenUser, @IdParam() id: string, @EmotionParam() emotion: Emotion): Promise<EmotionsView> {
    return this.emotions.react(me.id, id, emotion);
  }

  @Delete(':id/reactions/:emotion')
  @ApiOperation({ summary: 'Take a reaction back' })
  @ApiParam(emotionParam)
  @ApiOkResponse({ type: EmotionsView })
  @ApiProblems({ 400: ['PATH_INVALID'], 404: ['MESSAGE_NOT_FOUND'] })
  takeBack(
    @CurrentUser() me: TokenUser,
    @IdParam() id: string,
    @EmotionParam() emotion: Emotion,
  ): Promise<EmotionsView> {
    return this.emotions.takeBack(me.id, id, emotion);
  }

  @Get(':id/reactions')
  @ApiOperation({ summary: 'Who reacted to a message, by emotion' })
  @ApiPage(ReactionView)
  @ApiProblems({ 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'], 404: ['MESSAGE_NOT_FOUND'] })
  list(
    @CurrentUser() me: TokenUser,
    @IdParam() id: string,
    @Query() query: ReactionsQuery,
  ): Promise<Page<ReactionView>> {
    return this.reactions.list(me.id, id, query);
  }
}
