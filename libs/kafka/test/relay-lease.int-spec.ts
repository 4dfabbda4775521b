import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@plaza/testing';
import { pino } from 'pino';
import { RelayLease } from '../src/relay/lease.js';
import { ProcessProducer } from '../src/relay/producer.js';
import { Topics } from '../src/topics.js';
import './note.facts.js';
import { databases, OutboxBed } from './outbox-bed.js';

const logger = pino({ level: 'silent' });

describe.each(databases)('RelayLease on %s', (on) => {
  let bed: OutboxBed;
  const leases: RelayLease[] = [];

  beforeAll(async () => {
    bed = await OutboxBed.start({ on });
  });
  afterEach(async () => {
    for (const each of leases.splice(0)) await each.release();
  });
  afterAll(() => bed.stop());

  function lease(times: { renewEvery: number; lasts: number }): RelayLease {
    const created = new RelayLease(bed.notes.leases(), logger, bed.settings, times);
    leases.push(created);
    return created;
  }

  it('is held by one at a time, for as long as that one renews it', async () => {
    const [alice, bob] = [lease({ renewEvery: 100, lasts: 1_000 }), lease({ renewEvery: 100, lasts: 1_000 })];
    expect(await alice.acquire()).toBe(true);
    const until = performance.now() + 2_000;
    while (performance.now() < until) expect(await bob.acquire()).toBe(false);
    expect(() => alice.assertHeld()).not.toThrow();
    await alice.release();
    expect(await bob.acquire()).toBe(true);
    expect(Number(bob.holder?.epoch)).toBeGreaterThan(1);
  });

  it('refuses to publish before its time is up, and lets go when another has taken over', async () => {
    const alice = lease({ renewEvery: 600, lasts: 300 });
    const bob = lease({ renewEvery: 100, lasts: 1_000 });
    await alice.acquire();
    await eventually(() => expect(() => alice.assertHeld()).toThrow('may have passed'));
    await eventually(async () => expect(await bob.acquire()).toBe(true));
    await eventually(() => expect(alice.holder).toBeUndefined());
    expect(() => bob.assertHeld()).not.toThrow();
  });

  it('can still be renewed late when nobody else has come', async () => {
    const alice = lease({ renewEvery: 600, lasts: 300 });
    await alice.acquire();
    await eventually(() => expect(() => alice.assertHeld()).toThrow('may have passed'));
    await eventually(() => expect(() => alice.assertHeld()).not.toThrow());
  });

  it('is asked before each try to send, and nothing is sent when it is gone', async () => {
    await new Topics(bed.kafka(), bed.settings).ensure(['note']);
    const producer = ProcessProducer.of(bed.settings, logger);
    producer.join();
    const alice = lease({ renewEvery: 100, lasts: 1_000 });
    const record = {
      topic: `${bed.settings.prefix}note`,
      key: 'k',
      value: '{}',
      headers: { ce_id: '1' },
      time: new Date(),
    };
    const session = await producer.session();
    await expect(session.send([record], () => alice.assertHeld())).rejects.toThrow('may have passed');
    await alice.acquire();
    expect(await session.send([record, record], () => alice.assertHeld())).toEqual([
      { topic: record.topic, partition: 0, offset: 0n },
      { topic: record.topic, partition: 0, offset: 1n },
    ]);
    await producer.leave();
  });
});
