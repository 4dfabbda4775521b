import { describe, expect, it } from '@jest/globals';
import { KafkaLink } from './kafka-link.js';

describe('KafkaLink', () => {
  it('believes the last try, and remembers that there was a good one', () => {
    const link = new KafkaLink();
    expect(link).toMatchObject({ connected: false, seenOnce: false });
    link.up();
    link.down();
    expect(link).toMatchObject({ connected: false, seenOnce: true });
  });

  it('believes consumers rather than a try that was long ago', () => {
    const link = new KafkaLink();
    let running = true;
    link.askConsumers(() => running);
    expect(link).toMatchObject({ connected: true, seenOnce: true });
    running = false;
    link.up();
    expect(link).toMatchObject({ connected: false, seenOnce: true });
  });
});
