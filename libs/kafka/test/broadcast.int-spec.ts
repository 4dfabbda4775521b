import { eventually } from '@plaza/testing';
import type { FactContext } from '../src/consumer/context.js';
import type { ConsumerOptions } from '../src/consumer/options.js';
import { ConsumerBed, type Method, steps, upTo } from './consumer-bed.js';
import type { ParcelMoved } from './parcel.facts.js';

let bed: ConsumerBed;

beforeEach(async () => {
  bed = await ConsumerBed.start({ partitions: 2 });
});
afterEach(() => bed.stop());

function collecting(into: string[], options: Partial<ConsumerOptions>, broken = (_: ParcelMoved) => false): Method {
  const handler = (fact: ParcelMoved, context: FactContext): void => {
    if (broken(fact)) throw new TypeError('no');
    into.push(`${fact.parcel}${fact.step}`);
    context.afterCommit(() => into.push('after'));
  };
  return [{ consumer: 'memory', kind: 'broadcast', ...options }, ['parcel.moved', 'shelf.filled'], handler];
}

async function expectSeen(into: string[], expected: string[]): Promise<void> {
  await eventually(() => expect(into.filter((entry) => entry !== 'after').sort()).toEqual(expected.sort()));
}

test('every instance reads everything, from the beginning when it says so', async () => {
  const [first, second]: [string[], string[]] = [[], []];
  await bed.publish(...steps('a', 3), ...steps('b', 3));
  await bed.instance(collecting(first, { lookback: 'beginning' }));
  await bed.instance(collecting(second, { lookback: 'beginning' }));
  const all = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3'];
  await expectSeen(first, all);
  await expectSeen(second, all);
  await bed.publish({ key: 'c', step: 1 });
  await expectSeen(first, [...all, 'c1']);
  await expectSeen(second, [...all, 'c1']);
  expect(first.filter((entry) => entry === 'after')).toHaveLength(7);
});

test('begins some time back, or with what comes', async () => {
  const [recent, coming]: [string[], string[]] = [[], []];
  await bed.publish({ key: 'a', step: 1 });
  const published = Date.now();
  await eventually(() => expect(Date.now()).toBeGreaterThan(published + 1_500));
  await bed.publish({ key: 'a', step: 2 });
  const { transport } = await bed.instance(
    collecting(recent, { lookback: 1_000 }),
    collecting(coming, { consumer: 'coming' }),
  );
  await eventually(() => expect(transport.consumers.map(({ lag }) => lag)).toEqual([0, 0]));
  await bed.publish({ key: 'a', step: 3 });
  await expectSeen(recent, ['a2', 'a3']);
  await expectSeen(coming, ['a3']);
});

test('drops a fact that fails four times, and goes on', async () => {
  const seen: string[] = [];
  let tries = 0;
  const broken = ({ step }: ParcelMoved): boolean => step === 2 && ++tries > 0;
  const { fatal, registry } = await bed.instance(collecting(seen, { lookback: 'beginning' }, broken));
  await bed.publish(...steps('a', 4), { key: 'a', step: 5, value: 'not json' }, { key: 'a', step: 6 });
  await expectSeen(seen, ['a1', 'a3', 'a4', 'a6']);
  expect(tries).toBe(4);
  expect(fatal).toEqual([]);
  expect(await registry.metrics()).toContain('plaza_consumer_facts_total{consumer="memory",outcome="dropped"} 2');
});

test('has no transaction, and needs no database', async () => {
  const errors: string[] = [];
  const { transport } = await bed.instance([
    { consumer: 'memory', kind: 'broadcast', lookback: 'beginning' },
    'parcel.moved',
    (_: ParcelMoved, context: FactContext) => {
      try {
        void context.manager;
      } catch (error) {
        errors.push(String(error));
      }
    },
  ]);
  await bed.publish({ key: 'a', step: 1 });
  await eventually(() => expect(errors).toEqual([expect.stringContaining('has no transaction')]));
  expect(transport.consumers[0]).toMatchObject({ name: 'memory', state: 'running' });
  expect(await bed.ledger.positions('hints')).toEqual([]);
});

test('sees state that is published anew when it begins at the beginning', async () => {
  const [state, news]: [string[], string[]] = [[], []];
  await bed.instance(
    collecting(state, { lookback: 'beginning' }),
    collecting(news, { consumer: 'news', lookback: 60_000 }),
  );
  await bed.publish(
    { key: 'a', type: 'shelf.filled', step: 1, snapshot: true },
    { key: 'a', type: 'shelf.filled', step: 2 },
  );
  await expectSeen(state, ['a1', 'a2']);
  await expectSeen(news, ['a2']);
});

test('leaves no group behind when it stops', async () => {
  const seen: string[] = [];
  const { stop } = await bed.instance(collecting(seen, { lookback: 'beginning' }));
  await bed.publish(...steps('a', 1));
  await expectSeen(
    seen,
    upTo(1).map((step) => `a${step}`),
  );
  await stop();
  const { groups } = await bed.withAdmin((admin) => admin.listGroups());
  expect(groups.filter(({ groupId }) => groupId.startsWith(bed.settings.prefix))).toEqual([]);
});

test('tells where it stands', async () => {
  const seen: string[] = [];
  await bed.publish(...steps('a', 3), ...steps('b', 2));
  const { transport } = await bed.instance(collecting(seen, { lookback: 60_000 }));
  expect(transport.position('other')).toBeUndefined();
  const next = () => transport.position('memory')?.partitions.map((it) => it.topic === 'parcel' && it.next - it.begin);
  await eventually(() => expect(next()?.reduce((a, b) => Number(a) + Number(b))).toBe(5));
  const { clusterId } = await bed.withAdmin((admin) => admin.describeCluster());
  const begun = transport.position('memory');
  expect(begun).toMatchObject({ clusterId, losses: 0 });
  await bed.publish({ key: 'a', step: 4 });
  await eventually(() => expect(next()?.reduce((a, b) => Number(a) + Number(b))).toBe(6));
  const without = (partitions = begun?.partitions) => partitions?.map(({ next: _, ...it }) => it);
  expect(without(transport.position('memory')?.partitions)).toEqual(without());
});
