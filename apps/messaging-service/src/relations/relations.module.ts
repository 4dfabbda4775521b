import { Module } from '@nestjs/common';
import { RelationsConsumer } from './relations.consumer.js';
import { Relations } from './relations.js';

/** What this service keeps of who blocks and who is friends with whom. */
@Module({ controllers: [RelationsConsumer], providers: [Relations], exports: [Relations] })
export class RelationsModule {}
