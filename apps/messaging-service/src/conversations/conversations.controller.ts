import { Body, Controller, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  CurrentUser,
  Idempotent,
  IdParam,
  type Page,
  PageQuery,
  type TokenUser,
} from '@plaza/service-kit';
import type { FastifyReply } from 'fastify';
import { MembershipView } from '../members/membership.view.js';
import { MembershipsService } from '../members/memberships.service.js';
import { ConversationView } from './conversation.view.js';
import { ConversationReads } from './conversation-reads.js';
import { CreateConversation, ListConversations, UpdateConversation } from './conversations.dto.js';
import { ConversationsService } from './conversations.service.js';
import { NewConversations } from './new-conversations.js';
import { UnreadTotals } from './unread-totals.view.js';

@ApiTags('conversations')
@Controller('v1/conversations')
export class ConversationsController {
  constructor(
    private readonly created: NewConversations,
    private readonly conversations: ConversationsService,
    private readonly reads: ConversationReads,
    private readonly memberships: MembershipsService,
  ) {}

  @Post()
  @Idempotent()
  @ApiOperation({ summary: 'Begin a conversation; two people have one, so that may be there already' })
  @ApiCreatedResponse({ type: ConversationView })
  @ApiOkResponse({ type: ConversationView, description: 'The conversation that the two have' })
  @ApiProblems({
    403: ['ACCOUNT_NOT_ACTIVE', 'MESSAGES_NOT_WANTED', 'INVITE_NOT_ALLOWED'],
    404: ['USER_NOT_FOUND', 'CONVERSATION_NOT_FOUND'],
    409: ['IDEMPOTENCY_BUSY'],
    422: ['BODY_INVALID', 'CONVERSATION_WITH_SELF', 'IDEMPOTENCY_KEY_REUSED'],
  })
  async open(
    @CurrentUser() me: TokenUser,
    @Body() body: CreateConversation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConversationView> {
    const { id, isNew } = await this.created.open(me.id, body);
    reply.status(isNew ? 201 : 200);
    return this.reads.one(id, me.id);
  }

  @Get()
  @ApiOperation({ summary: 'My conversations: pinned ones first, then by what happened last' })
  @ApiPage(ConversationView)
  @ApiProblems({ 400: ['QUERY_INVALID', 'CURSOR_INVALID'] })
  list(@CurrentUser() me: TokenUser, @Query() query: ListConversations): Promise<Page<ConversationView>> {
    return this.reads.list(me.id, query);
  }

  @Get('unread-count')
  @ApiOperation({ summary: 'How much is unread in all my conversations, without archived ones and requests' })
  @ApiOkResponse({ type: UnreadTotals })
  unread(@CurrentUser() me: TokenUser): Promise<UnreadTotals> {
    return this.reads.unread(me.id);
  }

  @Get('memberships')
  @ApiOperation({
    summary: 'Since which frame of the stream I am a member of what, and until which one of what I left 10 minutes ago',
  })
  @ApiPage(MembershipView)
  @ApiProblems({ 400: ['QUERY_INVALID', 'CURSOR_INVALID'] })
  membershipsOf(@CurrentUser() me: TokenUser, @Query() query: PageQuery): Promise<Page<MembershipView>> {
    return this.memberships.list(me.id, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A conversation of mine' })
  @ApiOkResponse({ type: ConversationView })
  @ApiProblems({ 400: ['PATH_INVALID'], 404: ['CONVERSATION_NOT_FOUND'] })
  one(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<ConversationView> {
    return this.reads.one(id, me.id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change name, looks or settings; what is absent stays' })
  @ApiOkResponse({ type: ConversationView })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['MANAGE_NOT_ALLOWED', 'ACCOUNT_NOT_ACTIVE'],
    404: ['CONVERSATION_NOT_FOUND'],
    422: ['BODY_INVALID'],
  })
  update(
    @CurrentUser() me: TokenUser,
    @IdParam() id: string,
    @Body() body: UpdateConversation,
  ): Promise<ConversationView> {
    return this.conversations.update(id, me.id, body);
  }
}
