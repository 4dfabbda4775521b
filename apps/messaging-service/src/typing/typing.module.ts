import { Module } from '@nestjs/common';
import { AccessModule } from '../members/access.module.js';
import { MessageAccessModule } from '../messages/message-access.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { TypingController } from './typing.controller.js';
import { TypingService } from './typing.service.js';

/** Who is typing. */
@Module({
  imports: [AccessModule, MessageAccessModule, PresenceModule],
  controllers: [TypingController],
  providers: [TypingService],
})
export class TypingModule {}
