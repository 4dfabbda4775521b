import type { ConsumerRuntime } from './runtime.js';

/** Lets a consumer read again what Kafka holds: for a replica that was wrong, or that is new. */
export class Replayer {
  constructor(private readonly runtime: ConsumerRuntime) {}

  /**
   * Reads everything, or what is not older than `from`, up to the present, under a group of its own; the consumer itself
   * goes on meanwhile. Returns how many facts were applied.
   * @throws Error for a consumer that is not replayable: its handlers would do things twice
   */
  async replay(consumer: string, from: 'beginning' | Date): Promise<number> {
    return this.runtime.replay(consumer, from);
  }
}
