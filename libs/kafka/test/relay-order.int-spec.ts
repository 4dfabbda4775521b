import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fact } from '@plaza/contracts';
import { eventually } from '@plaza/testing';
import { NoteWritten } from './note.facts.js';
import { disorder } from './order.js';
import { databases, type Instance, OutboxBed } from './outbox-bed.js';

const writers = 16;
// In MongoDB two transactions of one key do not wait for each other: the later one is done again.
const factsOfWriter = { PostgreSQL: 400, MongoDB: 60 };
const keys = 20;

describe.each(databases)('relay on %s', (on) => {
  const factsEach = factsOfWriter[on];
  let bed: OutboxBed;

  beforeAll(async () => {
    bed = await OutboxBed.start({ on, partitions: 3 });
  });
  afterAll(() => bed.stop());

  it('loses none and keeps the order of each key under 16 writers, while the relays of two instances take turns', async () => {
    // An instance that only writes: it tells the holder.
    const writing = await bed.instance();
    let done = false;
    const written = Promise.all(Array.from({ length: writers }, (_, writer) => write(writing, writer, factsEach)));
    void written.finally(() => {
      done = true;
    });
    const standby = [await bed.running(), await bed.running()];
    let holders = 0;
    while (!done) {
      const publishing = await theOneThatPublishes(standby);
      await publishing.stop();
      standby.splice(standby.indexOf(publishing), 1, await bed.running());
      holders += 1;
    }
    await written;
    await bed.published();
    expect(disorder(await bed.records('note'))).toEqual({ facts: writers * factsEach, outOfOrder: 0, twice: 0 });
    expect(holders).toBeGreaterThan(1);
  });
});

// The transactions end in another order than they began.
async function write(instance: Instance, writer: number, factsEach: number): Promise<void> {
  for (let number = 0; number < factsEach; number += 1) {
    const note = `note-${Math.floor(Math.random() * keys)}`;
    const written = fact(NoteWritten, { note, number, text: `by ${writer}` });
    await instance.addSlowly(written, { milliseconds: Math.random() * 10 });
  }
}

async function theOneThatPublishes(instances: Instance[]): Promise<Instance> {
  return eventually(async () => {
    for (const instance of instances) {
      const metrics = await instance.registry.metrics();
      if (/plaza_outbox_publish_seconds_count [1-9]/.test(metrics)) return instance;
    }
    throw new Error('none of the instances has published anything');
  });
}
