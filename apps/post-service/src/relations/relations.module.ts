import { Module } from '@nestjs/common';
import { FeedModule } from '../feed/feed.module.js';
import { RelationsConsumer } from './relations.consumer.js';
import { RelationsService } from './relations.service.js';

/** What this service keeps of who follows and who is friends with whom. */
@Module({ imports: [FeedModule], controllers: [RelationsConsumer], providers: [RelationsService] })
export class RelationsModule {}
