import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type {
  CommentCreated,
  CommentDeleted,
  CommentLike,
  FollowState,
  Mention,
  PostDeleted,
  PostLike,
  PostShared,
} from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { CausesService } from './causes.service.js';
import {
  causesOfComment,
  causesOfFollow,
  causesOfLike,
  causesOfMention,
  causesOfShare,
  deletedComments,
  deletedPosts,
} from './causes-of.js';

// Every write is guarded by the version of its cause, so it needs no marks. It is not replayable all the same: causes are
// kept for a month, and what is older would be told again.
const causes: ConsumerOptions = { consumer: 'causes', batch: true, marks: false };

/**
 * Turns what people do into what others are told, as the consumer `notification-service.causes`. One method for all of a
 * topic: a chunk takes its locks once, and in one order.
 */
@Controller()
export class CausesConsumer {
  constructor(private readonly causes: CausesService) {}

  @EventPattern(['follow.created', 'follow.requested', 'follow.accepted', 'follow.deleted'], causes)
  onFollow(@Payload() facts: ReceivedFact<FollowState>[], @Ctx() { manager }: FactContext): Promise<void> {
    return this.causes.apply(manager, { changes: facts.flatMap(causesOfFollow) });
  }

  @EventPattern(['post.liked', 'post.unliked', 'comment.liked', 'comment.unliked'], causes)
  onLike(@Payload() facts: ReceivedFact<PostLike | CommentLike>[], @Ctx() { manager }: FactContext): Promise<void> {
    return this.causes.apply(manager, { changes: facts.flatMap(causesOfLike) });
  }

  @EventPattern(['user.mentioned', 'user.unmentioned'], causes)
  onMention(@Payload() facts: ReceivedFact<Mention>[], @Ctx() { manager }: FactContext): Promise<void> {
    return this.causes.apply(manager, { changes: facts.flatMap(causesOfMention) });
  }

  @EventPattern('post.shared', causes)
  onShare(@Payload() facts: ReceivedFact<PostShared>[], @Ctx() { manager }: FactContext): Promise<void> {
    return this.causes.apply(manager, { changes: facts.flatMap(causesOfShare) });
  }

  @EventPattern(['comment.created', 'comment.deleted'], causes)
  onComment(
    @Payload() facts: ReceivedFact<CommentCreated | CommentDeleted>[],
    @Ctx() { manager }: FactContext,
  ): Promise<void> {
    return this.causes.apply(manager, {
      changes: facts.flatMap(causesOfComment),
      deleted: facts.flatMap(deletedComments),
    });
  }

  @EventPattern('post.deleted', causes)
  onPostDeleted(@Payload() facts: ReceivedFact<PostDeleted>[], @Ctx() { manager }: FactContext): Promise<void> {
    return this.causes.apply(manager, { deleted: facts.flatMap(deletedPosts) });
  }
}
