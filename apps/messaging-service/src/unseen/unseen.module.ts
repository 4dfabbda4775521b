import { Module } from '@nestjs/common';
import { RelationsModule } from '../relations/relations.module.js';
import { Absentees } from './absentees.js';
import { UnseenConsumer } from './unseen.consumer.js';
import { UnseenTeller } from './unseen.teller.js';
import { UnseenChecks } from './unseen-checks.js';

/** Messages that wait for who is away. */
@Module({
  imports: [RelationsModule],
  controllers: [UnseenConsumer],
  providers: [UnseenChecks, Absentees, UnseenTeller],
})
export class UnseenModule {}
