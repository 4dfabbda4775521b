import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { MessageSent } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { UnseenChecks } from './unseen-checks.js';

const unseen: ConsumerOptions = { consumer: 'unseen', batch: true, unhurried: true };

/** Has every message looked at once more, some time after it was sent. */
@Controller()
export class UnseenConsumer {
  constructor(private readonly checks: UnseenChecks) {}

  @EventPattern('message.sent', unseen)
  onMessageSent(@Payload() facts: ReceivedFact<MessageSent>[], @Ctx() { session }: FactContext): Promise<void> {
    return this.checks.add(
      session,
      facts.map(({ fact }) => fact),
    );
  }
}
