import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { UserCreated, UserDeleted, UserUpdated } from '@plaza/contracts';
import { type ConsumerOptions, DeadLetters, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { UserCache } from './user-cache.js';
import type { ReceivedUser } from './user-change.js';

// Its whole effect is a write guarded by the version, so it needs no inbox marks and may be replayed from the beginning.
const replica: ConsumerOptions = { consumer: 'replica', replayable: true, batch: true };

/** Keeps `user_cache` by the facts of user-service, as the consumer `<service>.replica`. */
@Controller()
export class UserCacheConsumer {
  constructor(
    private readonly cache: UserCache,
    private readonly deadLetters: DeadLetters,
  ) {}

  @EventPattern('user.created', replica)
  onUserCreated(@Payload() facts: ReceivedFact<UserCreated>[], @Ctx() context: FactContext): Promise<void> {
    return this.apply(facts, context);
  }

  @EventPattern('user.updated', replica)
  onUserUpdated(@Payload() facts: ReceivedFact<UserUpdated>[], @Ctx() context: FactContext): Promise<void> {
    return this.apply(facts, context);
  }

  @EventPattern('user.deleted', replica)
  async onUserDeleted(@Payload() facts: ReceivedFact<UserDeleted>[], @Ctx() context: FactContext): Promise<void> {
    await this.apply(facts, context);
    // Every service with a database has this consumer, so here erasure reaches what any of its consumers has parked.
    for (const { fact } of facts) await this.deadLetters.purgeUser(context, fact.id);
  }

  private async apply(users: ReceivedUser[], context: FactContext): Promise<void> {
    await this.cache.apply(context.transaction, users);
    context.afterCommit(() => this.cache.arrived(users.map(({ fact }) => fact.id)));
  }
}
