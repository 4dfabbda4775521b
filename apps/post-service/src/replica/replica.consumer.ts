import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { BlockState, MuteDeleted, MuteState } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { applyBlocks } from './blocks.js';
import { applyMutes } from './mutes.js';

// The consumer that keeps user_cache, too; here as well the whole effect is a write guarded by the version.
const replica: ConsumerOptions = { consumer: 'replica', replayable: true, batch: true };

/** Keeps who blocks and who mutes whom. What follows from it is looked up whenever posts are read. */
@Controller()
export class ReplicaConsumer {
  @EventPattern(['block.created', 'block.deleted'], replica)
  onBlock(@Payload() facts: ReceivedFact<BlockState>[], @Ctx() context: FactContext): Promise<void> {
    return applyBlocks(context.manager, facts);
  }

  @EventPattern(['mute.created', 'mute.deleted'], replica)
  onMute(@Payload() facts: ReceivedFact<MuteState | MuteDeleted>[], @Ctx() context: FactContext): Promise<void> {
    return applyMutes(context.manager, facts);
  }
}
