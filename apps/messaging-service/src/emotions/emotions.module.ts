import { Module } from '@nestjs/common';
import { MessageAccessModule } from '../messages/message-access.module.js';
import { EmotionsController } from './emotions.controller.js';
import { EmotionsService } from './emotions.service.js';
import { ReactionStore } from './reaction-store.js';
import { ReactionsService } from './reactions.service.js';

@Module({
  imports: [MessageAccessModule],
  controllers: [EmotionsController],
  providers: [EmotionsService, ReactionStore, ReactionsService],
})
export class EmotionsModule {}
