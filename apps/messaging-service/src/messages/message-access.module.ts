import { Module } from '@nestjs/common';
import { RelationsModule } from '../relations/relations.module.js';
import { MessageAccess } from './message-access.js';
import { MessageChanges } from './message-changes.js';
import { Talking } from './talking.js';

/** Messages by their ids, for whoever reads or changes one. */
@Module({
  imports: [RelationsModule],
  providers: [MessageAccess, MessageChanges, Talking],
  exports: [MessageAccess, MessageChanges, Talking],
})
export class MessageAccessModule {}
