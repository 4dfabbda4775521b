import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { ConversationMemberAdded, MessageSent } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { UsageCounts } from './usage-counts.js';

const usage: ConsumerOptions = { consumer: 'usage', batch: true, unhurried: true };

/** Counts what people do: see `UsageTeller` for what becomes of it. */
@Controller()
export class UsageConsumer {
  constructor(private readonly counts: UsageCounts) {}

  @EventPattern('message.sent', usage)
  onMessageSent(@Payload() facts: ReceivedFact<MessageSent>[], @Ctx() { session }: FactContext): Promise<void> {
    return this.counts.addMessages(
      session,
      facts.map(({ fact }) => fact),
    );
  }

  @EventPattern('conversation-member.added', usage)
  onMemberAdded(
    @Payload() facts: ReceivedFact<ConversationMemberAdded>[],
    @Ctx() { session }: FactContext,
  ): Promise<void> {
    return this.counts.addMembers(
      session,
      facts.map(({ fact }) => fact),
    );
  }
}
