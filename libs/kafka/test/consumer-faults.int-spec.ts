import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { type Stack, startStack } from '@plaza/embedded';
import { eventually } from '@plaza/testing';
import type { FactContext } from '../src/consumer/context.js';
import { crash } from './child.js';
import { apply, ConsumerBed, databases, type Method, type Step, upTo } from './consumer-bed.js';
import { type ConsumerChild, startChild } from './consumer-child.js';
import type { ParcelMoved } from './parcel.facts.js';

// Without marks, a fact that is read twice is applied twice: positions alone must hold.
const unmarked = { consumer: 'ledger', marks: false };
const ledger: Method = [
  unmarked,
  'parcel.moved',
  (fact: ParcelMoved, context: FactContext) => apply('ledger', fact, context),
];
const keys = upTo(8).map((number) => `key${number}`);

// Servers of their own are started, killed and started again.
jest.setTimeout(120_000);

describe.each(databases)('consumers on %s', (on) => {
  let bed: ConsumerBed;
  let stack: Stack | undefined;
  const children: ChildProcess[] = [];

  afterEach(async () => {
    for (const child of children.splice(0))
      if (child.exitCode === null && child.signalCode === null) await crash(child);
    await bed.stop();
    await stack?.stop();
    stack = undefined;
  });

  function child(): ConsumerChild {
    const started = startChild(bed, unmarked);
    children.push(started.process);
    return started;
  }

  /** Publishes steps `from` to `to` of every key, a few at a time. */
  async function publishAll(from: number, to: number): Promise<void> {
    for (let step = from; step <= to; step++) await bed.publish(...keys.map((key): Step => ({ key, step })));
  }

  async function expectAll(count: number, withinMs: number): Promise<void> {
    for (const key of keys) await bed.expectApplied('ledger', key, upTo(count), withinMs);
  }

  test('two instances share the work, and neither a new one nor one that leaves loses or doubles anything', async () => {
    bed = await ConsumerBed.start({ on, partitions: 4 });
    const first = await bed.instance(ledger);
    const publishing = publishAll(1, 400);
    await eventually(async () => expect((await bed.applied('ledger')).length).toBeGreaterThan(100));
    const second = await bed.instance(ledger);
    await eventually(() => expect(second.transport.consumers[0]?.lag).toBeDefined());
    const half = async () => expect((await bed.applied('ledger')).length).toBeGreaterThan(1_500);
    await eventually(half, { withinMs: 30_000 });
    await first.stop();
    await publishing;
    await expectAll(400, 20_000);
    await bed.expectAllRead('ledger');
    expect(second.fatal).toEqual([]);
  });

  test('a killed process is followed by another that goes on where the database says', async () => {
    bed = await ConsumerBed.start({ on, partitions: 2 });
    const first = child();
    await publishAll(1, 300);
    await eventually(() => expect(first.begun).toBeGreaterThan(300), { withinMs: 30_000 });
    await crash(first.process);
    const second = child();
    await publishAll(301, 330);
    await expectAll(330, 30_000);
    expect(second.begun).toBeGreaterThan(0);
  });

  test('what a process applies that was thought dead and wakes up does not count', async () => {
    bed = await ConsumerBed.start({ on, partitions: 2 });
    const first = child();
    await publishAll(1, 100);
    await eventually(() => expect(first.begun).toBeGreaterThan(100), { withinMs: 30_000 });
    first.process.kill('SIGSTOP');
    child();
    await publishAll(101, 200);
    await expectAll(200, 30_000);
    first.process.kill('SIGCONT');
    await publishAll(201, 300);
    await expectAll(300, 30_000);
  });

  test('while the database is away it waits, and afterwards goes on exactly where it was', async () => {
    const part = on === 'MongoDB' ? 'mongodb' : 'postgres';
    stack = await startStack({ parts: [part] });
    const server = stack.servers[part];
    const databaseUrl = on === 'MongoDB' ? stack.urls.mongodbUrl : stack.urls.postgresUrl;
    bed = await ConsumerBed.start({ on, databaseUrl, partitions: 2 });
    const { fatal } = await bed.instance(ledger);
    await publishAll(1, 20);
    await eventually(async () => expect((await bed.applied('ledger')).length).toBeGreaterThan(20));
    const publishing = publishAll(21, 200);
    await server?.kill();
    await publishing;
    await server?.start();
    await expectAll(200, 30_000);
    expect(await bed.ledger.parkedKeys()).toEqual([]);
    expect(fatal).toEqual([]);
  });

  test('after Kafka has lost everything it reads from the beginning, and applies nothing twice', async () => {
    stack = await startStack({ parts: ['kafka'] });
    const { kafka } = stack.servers;
    bed = await ConsumerBed.start({ on, brokers: stack.urls.kafkaBrokers });
    const marked: Method = [{ consumer: 'ledger' }, ledger[1], ledger[2]];
    const { fatal } = await bed.instance(marked);
    const published = upTo(30).map((step): Step => ({ key: 'a', step, id: randomUUID() }));
    await bed.publish(...published);
    await bed.expectApplied('ledger', 'a', upTo(30));
    await kafka?.wipe();
    await kafka?.start();
    await bed.forgetKafka();
    // The relay publishes what the outbox still has, and what is new.
    await bed.publish(...published.slice(10), { key: 'a', step: 31 });
    await bed.expectApplied('ledger', 'a', upTo(31), 30_000);
    await bed.expectAllRead('ledger');
    expect(fatal).toEqual([]);
  });

  test('goes on after Kafka was away', async () => {
    stack = await startStack({ parts: ['kafka'] });
    const { kafka } = stack.servers;
    bed = await ConsumerBed.start({ on, brokers: stack.urls.kafkaBrokers });
    const { transport, fatal } = await bed.instance(ledger);
    await publishAll(1, 20);
    await expectAll(20, 10_000);
    await kafka?.kill();
    await eventually(() => expect(transport.consumers[0]?.state).toBe('connecting'));
    await kafka?.start();
    await bed.forgetKafka();
    await publishAll(21, 40);
    await expectAll(40, 30_000);
    expect(fatal).toEqual([]);
  });

  test('starts while Kafka is away, and reads once it is there', async () => {
    stack = await startStack({ parts: ['kafka'] });
    const { kafka } = stack.servers;
    bed = await ConsumerBed.start({ on, brokers: stack.urls.kafkaBrokers });
    await kafka?.stop();
    const { transport } = await bed.instance(ledger);
    expect(transport.consumers[0]?.state).toBe('connecting');
    await kafka?.start();
    await publishAll(1, 5);
    await expectAll(5, 20_000);
  });
});
