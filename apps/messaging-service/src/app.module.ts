import { Module } from '@nestjs/common';
import { UserCacheModule } from '@plaza/user-cache';
import { ConversationsModule } from './conversations/conversations.module.js';
import { EmotionsModule } from './emotions/emotions.module.js';
import { MembersModule } from './members/members.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { ReceiptsModule } from './receipts/receipts.module.js';
import { RelationsModule } from './relations/relations.module.js';
import { SendingModule } from './sending/sending.module.js';
import { StorageModule } from './storage/storage.module.js';
import { TypingModule } from './typing/typing.module.js';
import { UnseenModule } from './unseen/unseen.module.js';
import { UsageModule } from './usage/usage.module.js';

/** The table of contents of messaging-service: one module for each of its features. */
@Module({
  imports: [
    UserCacheModule.forRoot({ database: 'mongodb' }),
    StorageModule,
    RelationsModule,
    ConversationsModule,
    MembersModule,
    MessagesModule,
    SendingModule,
    EmotionsModule,
    ReceiptsModule,
    PresenceModule,
    TypingModule,
    UnseenModule,
    UsageModule,
  ],
})
export class AppModule {}
