import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { FollowState, FriendshipState } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { RelationsService } from './relations.service.js';

// Writes guarded by the version, and entries of timelines that are there or not: it may be replayed.
const relations: ConsumerOptions = { consumer: 'relations', replayable: true, batch: true };

/** Keeps who follows and who is friends with whom, and with it whose posts are in whose home feed. */
@Controller()
export class RelationsConsumer {
  constructor(private readonly relations: RelationsService) {}

  @EventPattern(['follow.created', 'follow.requested', 'follow.accepted', 'follow.deleted'], relations)
  onFollow(@Payload() facts: ReceivedFact<FollowState>[], @Ctx() context: FactContext): Promise<void> {
    return this.relations.applyFollows(context.manager, facts);
  }

  @EventPattern(['friendship.requested', 'friendship.accepted', 'friendship.declined', 'friendship.deleted'], relations)
  onFriendship(@Payload() facts: ReceivedFact<FriendshipState>[], @Ctx() context: FactContext): Promise<void> {
    return this.relations.applyFriendships(context.manager, facts);
  }
}
