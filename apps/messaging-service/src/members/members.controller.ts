import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  CurrentUser,
  Idempotent,
  IdParam,
  NoContent,
  type Page,
  PageQuery,
  type TokenUser,
} from '@plaza/service-kit';
import { ConversationView } from '../conversations/conversation.view.js';
import { LeavingService } from './leaving.service.js';
import { MembersAdded, MemberView } from './member.view.js';
import { MemberReads } from './member-reads.js';
import { AddMembers, HandOver, UpdateMember } from './members.dto.js';
import { NewMembersService } from './new-members.service.js';
import { RolesService } from './roles.service.js';

@ApiTags('conversations')
@Controller('v1/conversations/:id')
export class MembersController {
  constructor(
    private readonly reads: MemberReads,
    private readonly joining: NewMembersService,
    private readonly leaving: LeavingService,
    private readonly roles: RolesService,
  ) {}

  @Get('members')
  @ApiOperation({ summary: 'The members, in the order of their joining' })
  @ApiPage(MemberView)
  @ApiProblems({ 400: ['PATH_INVALID', 'QUERY_INVALID', 'CURSOR_INVALID'], 404: ['CONVERSATION_NOT_FOUND'] })
  list(@CurrentUser() me: TokenUser, @IdParam() id: string, @Query() query: PageQuery): Promise<Page<MemberView>> {
    return this.reads.list(id, me.id, query);
  }

  @Post('members')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Add members to a group or channel, at most 10,000' })
  @ApiOkResponse({ type: MembersAdded })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['ACCOUNT_NOT_ACTIVE', 'ADD_NOT_ALLOWED', 'INVITE_NOT_ALLOWED'],
    404: ['CONVERSATION_NOT_FOUND', 'USER_NOT_FOUND'],
    409: ['CONVERSATION_FULL', 'IDEMPOTENCY_BUSY'],
    422: ['BODY_INVALID', 'DIRECT_HAS_TWO', 'IDEMPOTENCY_KEY_REUSED'],
  })
  add(@CurrentUser() me: TokenUser, @IdParam() id: string, @Body() { userIds }: AddMembers): Promise<MembersAdded> {
    return this.joining.add(id, me.id, userIds);
  }

  @Delete('members/:userId')
  @NoContent()
  @ApiOperation({ summary: 'Leave a group or channel (oneself), or remove a member' })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['REMOVE_NOT_ALLOWED'],
    404: ['CONVERSATION_NOT_FOUND'],
    409: ['OWNER_MUST_HAND_OVER'],
    422: ['DIRECT_CANNOT_BE_LEFT'],
  })
  remove(@CurrentUser() me: TokenUser, @IdParam() id: string, @IdParam('userId') userId: string): Promise<void> {
    return this.leaving.remove(id, me.id, userId);
  }

  @Patch('members/:userId')
  @ApiOperation({ summary: 'Give a member below me another role, or permissions of its own' })
  @ApiOkResponse({ type: MemberView })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['ROLE_NOT_ALLOWED'],
    404: ['CONVERSATION_NOT_FOUND', 'MEMBER_NOT_FOUND'],
    422: ['BODY_INVALID'],
  })
  update(
    @CurrentUser() me: TokenUser,
    @IdParam() id: string,
    @IdParam('userId') userId: string,
    @Body() body: UpdateMember,
  ): Promise<MemberView> {
    return this.roles.update(id, me.id, userId, body);
  }

  @Put('owner')
  @ApiOperation({ summary: 'Hand a conversation of mine over to a member' })
  @ApiOkResponse({ type: ConversationView })
  @ApiProblems({
    400: ['PATH_INVALID'],
    403: ['OWNER_ONLY'],
    404: ['CONVERSATION_NOT_FOUND', 'MEMBER_NOT_FOUND'],
    422: ['BODY_INVALID'],
  })
  handOver(
    @CurrentUser() me: TokenUser,
    @IdParam() id: string,
    @Body() { userId }: HandOver,
  ): Promise<ConversationView> {
    return this.roles.handOver(id, me.id, userId);
  }
}
