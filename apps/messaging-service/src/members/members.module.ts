import { Module } from '@nestjs/common';
import { ConversationsModule } from '../conversations/conversations.module.js';
import { AccessModule } from './access.module.js';
import { LeavingService } from './leaving.service.js';
import { MemberReads } from './member-reads.js';
import { MembersController } from './members.controller.js';
import { NewMembersService } from './new-members.service.js';
import { RolesService } from './roles.service.js';

@Module({
  imports: [AccessModule, ConversationsModule],
  controllers: [MembersController],
  providers: [MemberReads, NewMembersService, LeavingService, RolesService],
})
export class MembersModule {}
