import { Module } from '@nestjs/common';
import { Absentees } from './absentees.js';
import { UnseenConsumer } from './unseen.consumer.js';
import { UnseenTeller } from './unseen.teller.js';
import { UnseenChecks } from './unseen-checks.js';

/** Messages that wait for who is away. */
@Module({
  controllers: [UnseenConsumer],
  providers: [UnseenChecks, Absentees, UnseenTeller],
})
export class UnseenModule {}
