import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { CausesConsumer } from './causes.consumer.js';
import { CausesService } from './causes.service.js';

@Module({ imports: [NotificationsModule], controllers: [CausesConsumer], providers: [CausesService] })
export class CausesModule {}
