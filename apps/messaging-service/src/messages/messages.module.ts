import { Module } from '@nestjs/common';
import { AccessModule } from '../members/access.module.js';
import { RelationsModule } from '../relations/relations.module.js';
import { EditHistoryService } from './edit-history.service.js';
import { HistoryController } from './history.controller.js';
import { HistoryService } from './history.service.js';
import { MessageAccessModule } from './message-access.module.js';
import { MessageDeletionService } from './message-deletion.service.js';
import { MessageEditsService } from './message-edits.service.js';
import { MessageListsController } from './message-lists.controller.js';
import { MessageListsService } from './message-lists.service.js';
import { MessagePinsService } from './message-pins.service.js';
import { MessageReceipts } from './message-receipts.js';
import { MessageViews } from './message-views.js';
import { MessagesController } from './messages.controller.js';
import { ReadByService } from './read-by.service.js';
import { SearchService } from './search.service.js';
import { VisibleMessages } from './visible-messages.js';

@Module({
  imports: [AccessModule, MessageAccessModule, RelationsModule],
  controllers: [HistoryController, MessageListsController, MessagesController],
  providers: [
    EditHistoryService,
    HistoryService,
    MessageDeletionService,
    MessageEditsService,
    MessageListsService,
    MessagePinsService,
    MessageReceipts,
    MessageViews,
    ReadByService,
    SearchService,
    VisibleMessages,
  ],
  exports: [MessageViews],
})
export class MessagesModule {}
