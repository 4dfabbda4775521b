import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { PostCreated, PostDeleted } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { StatsService } from './stats.service.js';

// What it adds up is not guarded by versions: the inbox marks see to it that each fact is counted once.
const posts: ConsumerOptions = { consumer: 'posts', batch: true };

/** Counts everybody's posts by the facts of post-service. */
@Controller()
export class PostsConsumer {
  constructor(private readonly stats: StatsService) {}

  @EventPattern(['post.created', 'post.deleted'], posts)
  onPostsChanged(
    @Payload() facts: ReceivedFact<PostCreated | PostDeleted>[],
    @Ctx() context: FactContext,
  ): Promise<void> {
    return this.stats.countPosts(context.manager, facts);
  }
}
