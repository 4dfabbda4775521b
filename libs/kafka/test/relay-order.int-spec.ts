import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fact } from '@plaza/contracts';
import { eventually } from '@plaza/testing';
import { NoteWritten } from './note.facts.js';
import { disorder } from './order.js';
import { type Instance, OutboxBed } from './outbox-bed.js';

const writers = 16;
const factsEach = 400;
const keys = 20;

describe('relay', () => {
  let bed: OutboxBed;

  beforeAll(async () => {
    bed = await OutboxBed.start({ partitions: 3 });
  });
  afterAll(() => bed.stop());

  it('loses none and keeps the order of each key under 16 writers, while the relays of two instances take turns', async () => {
    // An instance that only writes: it tells the holder by NOTIFY.
    const writing = await bed.instance();
    let done = false;
    const written = Promise.all(Array.from({ length: writers }, (_, writer) => write(bed, writing, writer)));
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
async function write(bed: OutboxBed, { outbox }: Instance, writer: number): Promise<void> {
  for (let number = 0; number < factsEach; number += 1) {
    const note = `note-${Math.floor(Math.random() * keys)}`;
    await bed.dataSource.transaction(async (manager) => {
      await outbox.add(manager, fact(NoteWritten, { note, number, text: `by ${writer}` }));
      await manager.query('SELECT pg_sleep(random() * 0.01)');
    });
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
