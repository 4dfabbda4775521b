import { randomUUID } from 'node:crypto';
import { eventually } from '@plaza/testing';
import type { FactContext, ReceivedFact } from '../src/consumer/context.js';
import { apply, ConsumerBed, databases, steps, upTo } from './consumer-bed.js';
import { writeStep } from './ledger.js';
import type { ParcelMoved } from './parcel.facts.js';

const ledger = { consumer: 'ledger' };
describe.each(databases)('a consumer on %s', (on) => {
  let bed: ConsumerBed;

  beforeEach(async () => {
    bed = await ConsumerBed.start({ on });
  });
  afterEach(() => bed.stop());

  test('applies facts in the order of their key, those included that were there before it', async () => {
    await bed.publish(...steps('a', 120));
    await bed.instance([ledger, 'parcel.moved', (fact: ParcelMoved, context) => apply('ledger', fact, context)]);
    await bed.expectApplied('ledger', 'a', upTo(120));
    await bed.publish({ key: 'a', step: 121 });
    await bed.expectApplied('ledger', 'a', upTo(121));
    await bed.expectAllRead('ledger');
  });

  test('applies a fact once that comes twice, in one chunk or later', async () => {
    const id = randomUUID();
    await bed.instance([ledger, 'parcel.moved', (fact: ParcelMoved, context) => apply('ledger', fact, context)]);
    await bed.publish({ key: 'a', step: 1, id }, { key: 'a', step: 1, id }, { key: 'a', step: 2 });
    await bed.expectApplied('ledger', 'a', [1, 2]);
    await bed.publish({ key: 'a', step: 1, id }, { key: 'a', step: 3 });
    await bed.expectApplied('ledger', 'a', [1, 2, 3]);
  });

  test('gives each consumer every fact of its own, and a method the context', async () => {
    const contexts: unknown[] = [];
    await bed.instance(
      [ledger, 'parcel.moved', (fact: ParcelMoved, context) => apply('ledger', fact, context)],
      [
        { consumer: 'audit' },
        ['parcel.moved', 'parcel.lost'],
        (fact: ParcelMoved, context) => {
          const { type, topic, key, version, snapshot, partition, offset } = context;
          contexts.push({ type, topic, key, version, snapshot, partition, offset });
          return apply('audit', fact, context);
        },
      ],
    );
    await bed.publish({ key: 'a', step: 1, version: 7 }, { key: 'a', step: 2, type: 'parcel.lost', version: 9 });
    await bed.expectApplied('audit', 'a', [1, 2]);
    await bed.expectApplied('ledger', 'a', [1]);
    const place = { topic: 'parcel', key: 'a', snapshot: false, partition: 0 };
    expect(contexts).toEqual([
      { ...place, type: 'parcel.moved', version: 7, offset: '0' },
      { ...place, type: 'parcel.lost', version: 9, offset: '1' },
    ]);
  });

  test('gathers facts that come one by one for a consumer that is in no hurry', async () => {
    const runs: Record<string, number> = { hurried: 0, unhurried: 0 };
    const counting = (consumer: 'hurried' | 'unhurried', unhurried: boolean) =>
      [
        { consumer, batch: true, unhurried },
        'parcel.moved',
        async (facts: ReceivedFact<ParcelMoved>[], context: FactContext) => {
          runs[consumer] = (runs[consumer] ?? 0) + 1;
          for (const { fact } of facts) await apply(consumer, fact, context);
        },
      ] as const;
    await bed.instance([...counting('hurried', false)], [...counting('unhurried', true)]);
    for (const step of upTo(30)) {
      await bed.publish({ key: 'a', step });
      await bed.expectApplied('hurried', 'a', upTo(step));
    }
    await bed.expectApplied('unhurried', 'a', upTo(30));
    expect(runs.unhurried).toBeLessThan(runs.hurried ?? 0);
  });

  test('gives a batch method runs of facts, and a fact that fails alone does not take the others along', async () => {
    const sizes: number[] = [];
    const batch = { consumer: 'ledger', batch: true };
    await bed.publish(...steps('a', 30), { key: 'bad', step: 1 }, ...steps('b', 30));
    await bed.instance([
      batch,
      'parcel.moved',
      async (facts: ReceivedFact<ParcelMoved>[], context) => {
        sizes.push(facts.length);
        for (const { fact, key } of facts) {
          if (key === 'bad') throw new Error('no');
          await writeStep(context, { consumer: 'ledger', key, step: fact.step });
        }
      },
    ]);
    await bed.expectApplied('ledger', 'b', upTo(30));
    await bed.expectApplied('ledger', 'a', upTo(30));
    expect(Math.max(...sizes)).toBeGreaterThan(20);
  });

  test('runs callbacks after the commit, and none of a chunk that failed', async () => {
    const seen: string[] = [];
    let failures = 0;
    await bed.publish({ key: 'a', step: 1 }, { key: 'b', step: 1 });
    await bed.instance([
      ledger,
      'parcel.moved',
      async (fact: ParcelMoved, context) => {
        context.afterCommit(() => seen.push(`${fact.parcel} after commit`));
        await apply('ledger', fact, context);
        if (fact.parcel === 'b' && failures++ === 0) throw new Error('once');
      },
    ]);
    await bed.expectApplied('ledger', 'b', [1]);
    await eventually(() => expect(seen).toEqual(['a after commit', 'b after commit']));
  });

  test('skips tombstones, types that it does not handle and, unless it is replayable, state published anew', async () => {
    await bed.instance(
      [ledger, 'shelf.filled', (fact: ParcelMoved, context) => apply('ledger', fact, context)],
      [
        { consumer: 'replica', replayable: true },
        'shelf.filled',
        (fact: ParcelMoved, context) => apply('replica', fact, context),
      ],
    );
    const shelf = { key: 'a', type: 'shelf.filled' };
    await bed.publish({ ...shelf, step: 1 }, { ...shelf, step: 2, snapshot: true }, { ...shelf, step: 3, value: null });
    await bed.send('shelf', { key: 'a', value: '{}', headers: { ce_type: 'shelf.painted' } });
    await bed.publish({ ...shelf, step: 4 });
    await bed.expectApplied('replica', 'a', [1, 2, 4]);
    await bed.expectApplied('ledger', 'a', [1, 4]);
    expect(await bed.ledger.parkedKeys()).toEqual([]);
  });

  test('goes on at its stored position after a restart, even when the group was deleted in Kafka', async () => {
    const handler = (fact: ParcelMoved, context: FactContext) => apply('replica', fact, context);
    const method = [{ consumer: 'replica', replayable: true }, 'parcel.moved', handler] as const;
    const first = await bed.instance([...method]);
    await bed.publish(...steps('a', 10));
    await bed.expectAllRead('replica');
    await first.stop();
    await bed.withAdmin((admin) => admin.deleteGroups([`${bed.settings.prefix}post-service.replica`]));
    await bed.publish({ key: 'a', step: 11 });
    await bed.instance([...method]);
    // Without marks a second delivery would be seen.
    await bed.expectApplied('replica', 'a', upTo(11));
  });

  test('tells its lag, and counts what became of facts', async () => {
    const { transport, registry } = await bed.instance([
      ledger,
      'parcel.moved',
      (fact: ParcelMoved, context) => apply('ledger', fact, context),
    ]);
    expect(transport.consumers).toEqual([{ name: 'ledger', state: 'connecting', lag: undefined }]);
    await bed.publish(...steps('a', 5));
    await bed.expectApplied('ledger', 'a', upTo(5));
    await eventually(() => expect(transport.consumers).toEqual([{ name: 'ledger', state: 'running', lag: 0 }]));
    expect(await registry.metrics()).toContain('plaza_consumer_facts_total{consumer="ledger",outcome="applied"} 5');
  });
});
