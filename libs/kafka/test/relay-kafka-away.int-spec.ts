import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Server, type Stack, startStack } from '@plaza/embedded';
import { eventually } from '@plaza/testing';
import { disorder } from './order.js';
import { databases, type Instance, OutboxBed } from './outbox-bed.js';

describe.each(databases)('relay on %s, when Kafka is away', (on) => {
  let stack: Stack;
  let kafka: Server;
  let bed: OutboxBed;
  let instance: Instance;

  beforeAll(async () => {
    stack = await startStack({ parts: ['kafka'] });
    if (!stack.servers.kafka) throw new Error('there is no Kafka');
    kafka = stack.servers.kafka;
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    await kafka.start();
    bed = await OutboxBed.start({ on, brokers: stack.urls.kafkaBrokers });
    instance = await bed.running();
  });
  afterEach(() => bed.stop());

  async function writeNotes(from: number, count: number): Promise<void> {
    for (let number = from; number < from + count; number += 1)
      await bed.written(instance, `note-${number % 7}`, number);
  }

  /** A note in the table and its state as a fact, as a service does it. */
  async function keep(note: string, number: number): Promise<void> {
    await instance.keep(note, number);
  }

  async function losses(): Promise<number> {
    const [, count] = /plaza_relay_log_losses_total (\d+)/.exec(await instance.registry.metrics()) ?? [];
    return Number(count);
  }

  it('publishes all once and in order when the broker was killed under load and is back', async () => {
    const writing = writeNotes(0, 800);
    await eventually(async () => expect((await bed.records('note')).length).toBeGreaterThan(50));
    await kafka.kill();
    await eventually(() => expect(instance.link.connected).toBe(false));
    await writing;
    await kafka.start();
    await bed.published(30_000);
    expect(disorder(await bed.records('note'))).toEqual({ facts: 800, twice: 0, outOfOrder: 0 });
    expect(instance.link).toMatchObject({ connected: true, seenOnce: true });
    expect(await losses()).toBe(0);
  });

  it('starts while Kafka is away, and publishes once it comes', async () => {
    await kafka.kill();
    const second = await OutboxBed.start({ on, brokers: stack.urls.kafkaBrokers });
    const early = await second.running();
    await second.written(early, 'early', 1);
    expect(early.link).toMatchObject({ connected: false, seenOnce: false });
    expect(await early.backlog()).toBe(1);
    await kafka.start();
    await second.published(30_000);
    expect(early.link).toMatchObject({ connected: true, seenOnce: true });
    await second.stop();
  });

  it('publishes everything again when the data of Kafka are gone: what it kept, and then the state from the tables', async () => {
    for (let number = 0; number < 20; number += 1) await keep(`kept-${number % 10}`, number);
    await writeNotes(0, 40);
    await bed.published();
    const before = await bed.records('note');
    // What happened long ago is in the tables only.
    await bed.notes.forget(['kept-1', 'kept-2']);
    await kafka.wipe();
    await writeNotes(40, 10);
    await kafka.start();
    await eventually(async () => expect(await losses()).toBe(1), { withinMs: 30_000 });
    await bed.published();

    const notes = await bed.records('note');
    expect(disorder(notes)).toEqual({ facts: 50, twice: 0, outOfOrder: 0 });
    expect(notes.slice(0, 40).map(({ headers }) => headers.ce_id)).toEqual(before.map(({ headers }) => headers.ce_id));

    const kept = await bed.records('kept-note');
    const snapshots = kept.filter(({ headers }) => headers.ce_snapshot === 'true');
    expect(kept.length - snapshots.length).toBe(16);
    expect(kept.slice(-10)).toEqual(snapshots);
    expect(latest(kept)).toEqual(await keptRows());
  });

  it('notices that a topic was emptied although the cluster is the same', async () => {
    await keep('kept', 1);
    await writeNotes(0, 5);
    await bed.published();
    const admin = bed.kafka().admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [`${bed.settings.prefix}kept-note`] });
    await admin.disconnect();
    await keep('kept', 2);
    await eventually(async () => expect(await losses()).toBe(1), { withinMs: 30_000 });
    await bed.published();
    expect(latest(await bed.records('kept-note'))).toEqual(await keptRows());
    expect(disorder(await bed.records('note'))).toEqual({ facts: 5, twice: 0, outOfOrder: 0 });
  });

  function keptRows(): Promise<unknown> {
    return bed.notes.kept();
  }

  /** What a compacted topic says in the end. */
  function latest(records: Awaited<ReturnType<OutboxBed['records']>>): unknown {
    const last = new Map(
      records.map(({ key, fact: { number }, headers }) => [key, { note: key, number, version: headers.ce_version }]),
    );
    return [...last.values()].sort((a, b) => (a.note < b.note ? -1 : 1));
  }
});
