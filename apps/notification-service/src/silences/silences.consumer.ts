import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { BlockState, MuteCreated, MuteDeleted } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import { silenceOfBlock, silenceOfMute } from './silence.js';
import { SilencesService } from './silences.service.js';

// As the copy of the users: writes that are guarded by the version, so that state published anew is as good.
const replica: ConsumerOptions = { consumer: 'replica', replayable: true, batch: true };

/** Keeps who has blocked or muted whom, as part of the consumer `notification-service.replica`. */
@Controller()
export class SilencesConsumer {
  constructor(private readonly silences: SilencesService) {}

  @EventPattern(['block.created', 'block.deleted'], replica)
  onBlock(@Payload() facts: ReceivedFact<BlockState>[], @Ctx() { manager }: FactContext): Promise<void> {
    return this.silences.applyBlocks(manager, facts.map(silenceOfBlock));
  }

  @EventPattern(['mute.created', 'mute.deleted'], replica)
  onMute(@Payload() facts: ReceivedFact<MuteCreated | MuteDeleted>[], @Ctx() { manager }: FactContext): Promise<void> {
    return this.silences.applyMutes(manager, facts.map(silenceOfMute));
  }
}
