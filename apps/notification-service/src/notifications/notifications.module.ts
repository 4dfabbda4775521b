import { Module } from '@nestjs/common';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsService } from './notifications.service.js';
import { Retention } from './retention.js';
import { Telling } from './telling.service.js';

@Module({
  controllers: [NotificationsController],
  providers: [NotificationsService, Telling, Retention],
  exports: [Telling],
})
export class NotificationsModule {}
