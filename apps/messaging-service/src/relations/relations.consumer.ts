import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { BlockState, FriendshipState } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { BACKGROUND } from '@plaza/service-kit';
import type { Db } from 'mongodb';
import { lookAgainAtPairs } from '../presence/due-presence.js';
import { applyBlocks, applyFriendships } from './relation-writes.js';

// The consumer that keeps user_cache, too; here as well the whole effect is a write guarded by the version.
const replica: ConsumerOptions = { consumer: 'replica', replayable: true, batch: true };

/** Keeps who blocks and who is friends with whom. What follows from it is looked up whenever it matters; who is there is told. */
@Controller()
export class RelationsConsumer {
  constructor(@Inject(BACKGROUND) private readonly db: Db) {}

  @EventPattern(['block.created', 'block.deleted'], replica)
  async onBlock(@Payload() facts: ReceivedFact<BlockState>[], @Ctx() { session }: FactContext): Promise<void> {
    await applyBlocks(this.db, session, facts);
    await lookAgainAtPairs(this.db, session, facts);
  }

  @EventPattern(['friendship.requested', 'friendship.accepted', 'friendship.declined', 'friendship.deleted'], replica)
  onFriendship(@Payload() facts: ReceivedFact<FriendshipState>[], @Ctx() context: FactContext): Promise<void> {
    return applyFriendships(this.db, context.session, facts);
  }
}
