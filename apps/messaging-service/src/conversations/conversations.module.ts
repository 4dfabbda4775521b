import { Module } from '@nestjs/common';
import { AccessModule } from '../members/access.module.js';
import { MembershipsService } from '../members/memberships.service.js';
import { MessageAccessModule } from '../messages/message-access.module.js';
import { ConversationChanges } from './conversation-changes.js';
import { ConversationReads } from './conversation-reads.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsService } from './conversations.service.js';
import { NewConversations } from './new-conversations.js';
import { OwnSettingsController } from './own-settings.controller.js';
import { OwnSettingsService } from './own-settings.service.js';
import { RequestsController } from './requests.controller.js';
import { RequestsService } from './requests.service.js';

@Module({
  imports: [AccessModule, MessageAccessModule],
  controllers: [ConversationsController, OwnSettingsController, RequestsController],
  providers: [
    ConversationChanges,
    ConversationReads,
    ConversationsService,
    MembershipsService,
    NewConversations,
    OwnSettingsService,
    RequestsService,
  ],
  exports: [ConversationChanges, ConversationReads],
})
export class ConversationsModule {}
