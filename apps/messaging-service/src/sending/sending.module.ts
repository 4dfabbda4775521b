import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { MessageSender } from './message-sender.js';
import { SendingController } from './sending.controller.js';
import { SendingService } from './sending.service.js';

@Module({
  imports: [MessagesModule],
  controllers: [SendingController],
  providers: [MessageSender, SendingService],
})
export class SendingModule {}
