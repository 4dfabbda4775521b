import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { FramePublished } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext } from '@plaza/kafka';
import { Frames } from './frames.js';

/** Clients may be away for five minutes; half a minute more for what was on its way when this gateway began. */
const LOOKBACK_MS = 330_000;

export const STREAM_CONSUMER = 'stream';

const stream: ConsumerOptions = { consumer: 'stream', kind: 'broadcast', lookback: LOOKBACK_MS };

/** Every gateway reads all that clients see. */
@Controller()
export class StreamConsumer {
  constructor(private readonly frames: Frames) {}

  @EventPattern('frame.published', stream)
  onFramePublished(@Payload() fact: FramePublished, @Ctx() { partition, offset, version, id }: FactContext): void {
    this.frames.take({ fact, partition, offset: Number(offset), version, factId: id });
  }
}
