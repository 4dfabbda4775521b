import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@plaza/testing';
import { withAdmin } from '../src/topics.js';
import { crash, relayProcess } from './child.js';
import { disorder } from './order.js';
import { databases, OutboxBed } from './outbox-bed.js';

describe.each(databases)('relay on %s, when something fails', (on) => {
  let bed: OutboxBed;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    bed = await OutboxBed.start({ on });
  });
  afterEach(async () => {
    for (const child of children.splice(0))
      if (child.exitCode === null && child.signalCode === null) await crash(child);
    await bed.stop();
  });

  async function child(name: string): Promise<ChildProcess> {
    const started = await relayProcess(bed, name);
    children.push(started);
    return started;
  }

  async function writeNotes(count: number, from = 0): Promise<void> {
    const writer = await bed.instance();
    for (let number = from; number < from + count; number += 1) await bed.written(writer, `note-${number % 7}`, number);
  }

  async function holder(): Promise<string> {
    return bed.notes.holder();
  }

  it('goes on in another process when the one that publishes is killed, and loses nothing', async () => {
    const first = await child('first');
    await eventually(async () => expect(await holder()).toContain('.first.'));
    await child('second');
    const writing = writeNotes(600);
    await eventually(async () => expect((await bed.records('note')).length).toBeGreaterThan(50));
    await crash(first);
    await writing;
    await bed.published();
    expect(await holder()).toContain('.second.');
    // The batch that the dead one had just sent may come again, as it was; nothing may be missing.
    const records = await bed.records('note');
    expect(disorder(records).facts).toBe(600);
    const last = new Map(records.map(({ key, fact }) => [key, fact.number]));
    expect([...last.values()].sort()).toEqual([593, 594, 595, 596, 597, 598, 599]);
  });

  it('publishes nothing when it wakes up after another has taken over', async () => {
    const first = await child('first');
    await eventually(async () => expect(await holder()).toContain('.first.'));
    await writeNotes(20);
    await bed.published();
    first.kill('SIGSTOP');
    await writeNotes(20, 20);
    await child('second');
    await bed.published();
    first.kill('SIGCONT');
    await writeNotes(20, 40);
    await bed.published();
    expect(await holder()).toContain('.second.');
    expect(disorder(await bed.records('note'))).toEqual({ facts: 60, twice: 0, outOfOrder: 0 });
  });

  it('holds back only the key of a fact that is too large', async () => {
    const instance = await bed.running();
    await bed.written(instance, 'large', 1);
    await bed.written(instance, 'large', 2, 'x'.repeat(1_200_000));
    await bed.written(instance, 'large', 3);
    await bed.written(instance, 'other', 4);
    await bed.written(instance, 'huge', 5, 'x'.repeat(hugeBytes[on]));
    await bed.written(instance, 'huge', 6);
    await bed.written(instance, 'other', 7);
    await eventually(async () => expect(numbers(await bed.records('note'))).toEqual([1, 4, 7]));
    expect(await bed.notes.failed()).toEqual([
      { key: 'large', reason: expect.stringContaining('larger than the max message size') },
      { key: 'huge', reason: 'The payload is too large to be read' },
    ]);
    expect(await instance.registry.metrics()).toContain('plaza_outbox_failed 2');
  });

  it('finds the one fact that Kafka refuses in a batch of many', async () => {
    const writer = await bed.instance();
    for (let number = 0; number < 30; number += 1)
      await bed.written(writer, `note-${number % 5}`, number, 'x'.repeat(number === 12 ? 3_000 : 10));
    const configEntries = [{ name: 'max.message.bytes', value: '2000' }];
    const topics = [{ topic: `${bed.settings.prefix}note`, configEntries }];
    await withAdmin(bed.kafka(), (admin) => admin.createTopics({ topics, waitForLeaders: false }));
    await bed.running();
    // Number 12 is the third of its key, and holds back the three after it.
    await eventually(async () => expect((await bed.records('note')).length).toBe(26), { withinMs: 20_000 });
    expect(numbers(await bed.records('note'))).toEqual(
      Array.from({ length: 30 }, (_, number) => number).filter((number) => number % 5 !== 2 || number < 12),
    );
  });

  it('gives a fact that failed another try when a relay starts', async () => {
    const instance = await bed.running();
    await bed.written(instance, 'large', 1, 'x'.repeat(1_200_000));
    await bed.written(instance, 'large', 2);
    await eventually(async () => expect(await instance.registry.metrics()).toContain('plaza_outbox_failed 1'));
    await instance.stop();
    await bed.notes.mendFailed({ note: 'large', number: 1, text: '' });
    await bed.running();
    await bed.published();
    expect(numbers(await bed.records('note'))).toEqual([1, 2]);
  });
});

// More than is read into memory; a document of MongoDB has at most 16 MiB.
const hugeBytes = { PostgreSQL: 17_000_000, MongoDB: 16_200_000 };

function numbers(records: Array<{ fact: Record<string, unknown> }>): unknown[] {
  return records.map(({ fact }) => fact.number);
}
