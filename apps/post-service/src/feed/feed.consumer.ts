import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { PostDeleted, PostState } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { FanOut } from './fan-out.js';

// An entry of a timeline is there or not, however often a fact comes: it may be replayed.
const feed: ConsumerOptions = { consumer: 'feed', replayable: true, batch: true };

/** Brings posts into the home feeds. */
@Controller()
export class FeedConsumer {
  constructor(private readonly fanOut: FanOut) {}

  @EventPattern(['post.created', 'post.updated', 'post.deleted'], feed)
  onPost(@Payload() facts: ReceivedFact<PostState | PostDeleted>[], @Ctx() context: FactContext): Promise<void> {
    return this.fanOut.apply(context.manager, facts);
  }
}
