import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@plaza/testing';
import type { FactContext } from '../src/consumer/context.js';
import {
  apply,
  ConsumerBed,
  databases,
  type Handler,
  type Instance,
  type Method,
  steps,
  upTo,
} from './consumer-bed.js';
import type { ParcelMoved } from './parcel.facts.js';

const ledger = { consumer: 'ledger' };
const write: Handler = (fact: ParcelMoved, context: FactContext) => apply('ledger', fact, context);
describe.each(databases)('the group of a consumer on %s', (on) => {
  let bed: ConsumerBed;

  afterEach(() => bed.stop());

  async function running(...instances: Instance[]): Promise<void> {
    for (const { transport } of instances) await eventually(() => expect(transport.consumers[0]?.lag).toBeDefined());
  }

  async function groupState(): Promise<{ members: number; committed: string[] }> {
    const groupId = `${bed.settings.prefix}post-service.ledger`;
    return bed.withAdmin(async (admin) => {
      const { groups } = await admin.describeGroups([groupId]);
      const offsets = await admin.fetchOffsets({ groupId, topics: [`${bed.settings.prefix}parcel`] });
      const committed = offsets.flatMap(({ partitions }) => partitions.map(({ offset }) => offset));
      return { members: groups[0]?.members.length ?? 0, committed };
    });
  }

  test('while an old and a new version run, the topic that only the new one knows is read', async () => {
    bed = await ConsumerBed.start({ on, partitions: 2 });
    const old = await bed.instance([ledger, 'parcel.moved', write]);
    await running(old);
    await bed.instance([ledger, ['parcel.moved', 'shelf.filled'], write]);
    await eventually(async () => expect((await groupState()).members).toBe(2));
    await bed.publish({ key: 'a', step: 1 }, { key: 'b', step: 1 }, { key: 'a', step: 2, type: 'shelf.filled' });
    await eventually(async () => expect((await bed.applied('ledger', 'a')).sort()).toEqual([1, 2]));
    await bed.expectApplied('ledger', 'b', [1]);
  });

  test('a fact that takes longer than the session holds up no other partition, and costs no membership', async () => {
    bed = await ConsumerBed.start({ on, partitions: 2 });
    let slow = 0;
    const handler: Handler = async (fact: ParcelMoved, context: FactContext) => {
      if (fact.parcel === 'slow') {
        slow++;
        // PostgreSQL ends a transaction in which nothing happens for 5 s, MongoDB any that takes 10 s.
        for (const _ of upTo(7)) {
          await pause(1_000);
          await context.transaction.manager?.query('SELECT 1');
        }
      }
      await apply('ledger', fact, context);
    };
    await running(await bed.instance([ledger, 'parcel.moved', handler]));
    await bed.publish({ key: 'slow', step: 1, partition: 0 }, { key: 'behind', step: 1, partition: 0 });
    await bed.publish(...upTo(10).map((step) => ({ key: 'other', step, partition: 1 })));
    await bed.expectApplied('ledger', 'other', upTo(10), 5_000);
    expect(await bed.applied('ledger', 'slow')).toEqual([]);
    await bed.expectApplied('ledger', 'behind', [1], 15_000);
    expect(await bed.applied('ledger', 'slow')).toEqual([1]);
    expect(slow).toBe(1);
  });

  test('stops in time although a handler hangs, and the fact is applied by whoever comes next', async () => {
    bed = await ConsumerBed.start({ on });
    const begun = Promise.withResolvers<void>();
    const never = Promise.withResolvers<void>();
    const hanging: Handler = () => {
      begun.resolve();
      return never.promise;
    };
    const first = await bed.instance([ledger, 'parcel.moved', hanging]);
    await bed.publish({ key: 'a', step: 1 });
    await begun.promise;
    const started = Date.now();
    await first.transport.close();
    expect(Date.now() - started).toBeLessThan(10_000);
    never.reject(new Error('The test is over'));
    await bed.instance([ledger, 'parcel.moved', write]);
    await bed.expectApplied('ledger', 'a', [1], 20_000);
  });

  test('a handler that hangs does not keep the group from being shared anew', async () => {
    bed = await ConsumerBed.start({ on, partitions: 2 });
    const begun = Promise.withResolvers<void>();
    const never = Promise.withResolvers<void>();
    const hanging: Handler = async (fact: ParcelMoved, context: FactContext) => {
      begun.resolve();
      await never.promise;
      await apply('ledger', fact, context);
    };
    const first = await bed.instance([ledger, 'parcel.moved', hanging]);
    await running(first);
    await bed.publish({ key: 'a', step: 1, partition: 0 }, { key: 'b', step: 1, partition: 1 });
    await begun.promise;
    await bed.instance([ledger, 'parcel.moved', write]);
    await bed.instance([ledger, 'parcel.moved', write]);
    // The first one still holds a partition or two, and the database ends its idle transactions.
    await eventually(async () => expect((await bed.applied('ledger')).length).toBeGreaterThan(0), { withinMs: 20_000 });
    await first.stop();
    await bed.expectApplied('ledger', 'a', [1], 20_000);
    await bed.expectApplied('ledger', 'b', [1], 20_000);
    never.resolve();
    await bed.publish({ key: 'a', step: 2, partition: 0 }, { key: 'b', step: 2, partition: 1 });
    await bed.expectApplied('ledger', 'a', [1, 2]);
    await bed.expectApplied('ledger', 'b', [1, 2]);
  });

  test('a fact that was to be tried again when its process ended is tried by another', async () => {
    bed = await ConsumerBed.start({ on });
    const refuse: Handler = () => {
      throw new Error('no');
    };
    const first = await bed.instance([ledger, 'parcel.moved', refuse]);
    await bed.publish(...steps('a', 2));
    await eventually(async () => {
      expect(await bed.ledger.parkedKeys()).toMatchObject([{ state: 'RETRYING' }]);
    });
    await first.stop();
    expect(await bed.ledger.parkedKeys()).toMatchObject([{ state: 'RETRYING' }]);
    await bed.instance([ledger, 'parcel.moved', write]);
    await bed.expectApplied('ledger', 'a', [1, 2]);
  });

  test('tells Kafka how far it has come, for those who look there', async () => {
    bed = await ConsumerBed.start({ on });
    await bed.instance([ledger, 'parcel.moved', write]);
    await bed.publish(...steps('a', 7));
    await bed.expectApplied('ledger', 'a', upTo(7));
    await eventually(async () => expect((await groupState()).committed).toEqual(['7']));
  });

  test('reads what an aborted transaction left out of the log, and what compaction would', async () => {
    bed = await ConsumerBed.start({ on });
    const unmarked: Method = [{ consumer: 'ledger', marks: false }, 'parcel.moved', write];
    await bed.publish({ key: 'a', step: 1 });
    await bed.instance(unmarked);
    await bed.expectApplied('ledger', 'a', [1]);
    await bed.abort(...steps('b', 30));
    await bed.publish({ key: 'a', step: 2 });
    await bed.expectApplied('ledger', 'a', [1, 2]);
    expect(await bed.applied('ledger', 'b')).toEqual([]);
    await bed.publish({ key: 'a', step: 3 });
    await bed.expectApplied('ledger', 'a', [1, 2, 3]);
    await bed.expectAllRead('ledger');
  });
});
