import { Injectable } from '@nestjs/common';
import type { FrameRecord } from './ring.js';

/** The way from the consumer to the hub, which is put together with the rest of the gateway. */
@Injectable()
export class Frames {
  private taker: (record: FrameRecord) => void = () => {
    throw new Error('frames are read before anybody takes them');
  };

  /** From now on records go there; to be called before consumers start. */
  goTo(taker: (record: FrameRecord) => void): void {
    this.taker = taker;
  }

  take(record: FrameRecord): void {
    this.taker(record);
  }
}
