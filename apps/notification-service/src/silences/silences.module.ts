import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { SilencesConsumer } from './silences.consumer.js';
import { SilencesService } from './silences.service.js';

@Module({ imports: [NotificationsModule], controllers: [SilencesConsumer], providers: [SilencesService] })
export class SilencesModule {}
