import { randomUUID } from 'node:crypto';
import { eventually } from '@plaza/testing';
import type { FactContext } from '../src/consumer/context.js';
import { apply, ConsumerBed, databases, type Handler, steps, upTo } from './consumer-bed.js';
import type { ParcelMoved } from './parcel.facts.js';

const ledger = { consumer: 'ledger' };
describe.each(databases)('poison on %s', (on) => {
  let bed: ConsumerBed;
  let broken: (fact: ParcelMoved) => Error | undefined;

  beforeEach(async () => {
    bed = await ConsumerBed.start({ on });
    broken = () => undefined;
  });
  afterEach(() => bed.stop());

  const handler: Handler = async (fact: ParcelMoved, context: FactContext) => {
    await apply('ledger', fact, context);
    const error = broken(fact);
    if (error) throw error;
  };

  async function keyState(): Promise<unknown> {
    return bed.ledger.parkedKeys();
  }

  async function expectState(expected: unknown, withinMs?: number): Promise<void> {
    await eventually(async () => expect(await keyState()).toEqual(expected), { withinMs });
  }

  test.each([
    ['an error', () => new Error('no')],
    ['a TypeError', () => new TypeError('undefined is not a function')],
    ['a RangeError', () => new RangeError('Maximum call stack size exceeded')],
    ['a SyntaxError', () => new SyntaxError('Unexpected token')],
    ['a ReferenceError', () => new ReferenceError('x is not defined')],
  ])(
    'parks the key of a fact whose handler throws %s after 4 tries in about 3 s, and only that key',
    async (_, make) => {
      const tries: number[] = [];
      broken = ({ parcel, step }) => {
        if (parcel !== 'bad' || step !== 2) return undefined;
        tries.push(Date.now());
        return make();
      };
      const { letters, fatal } = await bed.instance([ledger, 'parcel.moved', handler]);
      await bed.publish(...steps('bad', 3), ...steps('good', 40));
      await bed.expectApplied('ledger', 'good', upTo(40));
      await expectState([{ key: 'bad', state: 'PARKED', attempts: 4 }], 20_000);
      const [first = 0, last = 0] = [tries[0], tries.at(-1)];
      expect(last - first).toBeGreaterThan(2_500);
      expect(last - first).toBeLessThan(15_000);

      await bed.publish({ key: 'bad', step: 4 }, { key: 'good', step: 41 });
      await bed.expectApplied('ledger', 'good', upTo(41));
      expect(await bed.applied('ledger', 'bad')).toEqual([1]);
      const waiting = await letters.list({ consumer: 'ledger' });
      expect(waiting.map(({ payload }) => JSON.parse(String(payload)).step)).toEqual([2, 3, 4]);

      broken = () => undefined;
      expect(await letters.replay({ key: 'bad' })).toEqual({ applied: 3, remaining: 0 });
      await bed.publish({ key: 'bad', step: 5 });
      await bed.expectApplied('ledger', 'bad', upTo(5));
      expect(await keyState()).toEqual([]);
      expect(fatal).toEqual([]);
    },
  );

  test('a fact that succeeds when tried again keeps its place, and the facts behind it theirs', async () => {
    let failures = 0;
    broken = ({ parcel, step }) =>
      parcel === 'shy' && step === 2 && failures++ < 3 ? new Error('not yet') : undefined;
    await bed.instance([ledger, 'parcel.moved', handler]);
    await bed.publish(...steps('shy', 5), ...steps('good', 5));
    await bed.expectApplied('ledger', 'good', upTo(5));
    await bed.publish({ key: 'shy', step: 6 });
    await bed.expectApplied('ledger', 'shy', upTo(6));
    await expectState([]);
  });

  test('parks a fact that can not be read or breaks its contract at once, with its bytes', async () => {
    const { letters } = await bed.instance([ledger, 'parcel.moved', handler]);
    await bed.publish({ key: 'a', step: 1, value: '{ not json' }, { key: 'a', step: 2 });
    await bed.publish({ key: 'b', step: 1, value: '{"parcel":"b"}' }, { key: 'c', step: 1 });
    await bed.send('parcel', { key: 'd', value: '{}', headers: {} });
    await bed.expectApplied('ledger', 'c', [1]);
    await eventually(async () => expect(await letters.list()).toHaveLength(4));
    const [first, behind, invalid, untyped] = await letters.list();
    expect(first).toMatchObject({ key: 'a', state: 'PARKED', reason: expect.stringContaining('FactUnreadable') });
    expect(String(first?.payload)).toBe('{ not json');
    expect(behind).toMatchObject({ key: 'a', reason: 'Behind a fact of the same key' });
    expect(invalid).toMatchObject({ key: 'b', reason: expect.stringContaining('FactInvalid') });
    expect(untyped).toMatchObject({ key: 'd', type: '', state: 'PARKED' });
    expect(await letters.show(first?.id ?? '')).toEqual(first);
    expect(await letters.replay()).toEqual({ applied: 0, remaining: 4 });
  });

  test('announces a key that waits for someone, without what its fact or its error says', async () => {
    await bed.instance([ledger, 'parcel.moved', handler]);
    await bed.publish({ key: 'a', step: 1, value: '{"secret":1}' });
    await eventually(async () => {
      const rows = await bed.ledger.announced();
      const payload = { consumer: 'ledger', topic: 'parcel', key: 'a', type: 'parcel.moved', error: 'FactInvalid' };
      expect(rows).toEqual([
        {
          topic: 'post-service.dead-letters',
          key: 'ledger:parcel:a',
          type: 'dead-letter.parked',
          payload: { ...payload, parkedAt: expect.any(String) },
        },
      ]);
    });
  });

  test('a replay stops at the first fact that fails, and a fact that comes meanwhile lands behind the others', async () => {
    broken = ({ parcel }) => (parcel === 'bad' ? new Error('no') : undefined);
    const { letters } = await bed.instance([ledger, 'parcel.moved', handler]);
    await bed.publish(...steps('bad', 3));
    await expectState([{ key: 'bad', state: 'PARKED', attempts: 4 }]);
    const arrived = Promise.withResolvers<void>();
    broken = ({ step }) => (step === 3 ? new Error('still no') : undefined);
    const publishOnce = async (): Promise<void> => {
      await bed.publish({ key: 'bad', step: 4 });
      arrived.resolve();
    };
    const during = publishOnce();
    expect(await letters.replay({ consumer: 'ledger' })).toMatchObject({ applied: 2 });
    await during;
    await eventually(async () => expect(await letters.list()).toHaveLength(2));
    broken = () => undefined;
    expect(await letters.replay({ consumer: 'ledger' })).toEqual({ applied: 2, remaining: 0 });
    expect(await bed.applied('ledger', 'bad')).toEqual([1, 2, 3, 4]);
  });

  test('user.deleted is applied although its key is parked, and takes what the dead letters hold about the user', async () => {
    const userId = randomUUID();
    const deleted = { consumer: 'people' };
    broken = ({ parcel }) => (parcel === 'bad' ? new Error('no') : undefined);
    const erase: Handler = (_: never, context: FactContext) => apply('people', { step: 99 }, context);
    const { letters } = await bed.instance([ledger, 'parcel.moved', handler], [deleted, 'user.deleted', erase]);
    await bed.publish({ key: 'bad', step: 1, value: JSON.stringify({ parcel: 'bad', step: 1, for: userId }) });
    await bed.publish({ key: 'bad', step: 2, value: 'not json' }, { key: 'other', step: 1, value: 'not json' });
    await eventually(async () => expect(await letters.list()).toHaveLength(3));
    await bed.ledger.park('people', 'user.deleted', userId);
    await bed.publish({ key: userId, step: 1, type: 'user.deleted' });
    await bed.expectApplied('people', userId, [99]);
    await eventually(async () => {
      expect((await letters.list()).map(({ payload }) => String(payload))).toEqual(['not json', 'not json']);
    });
  });

  test('other keys hardly notice that one fact in a hundred is broken', async () => {
    const took = new Map<string, number>();
    const timed: Handler = async (fact: ParcelMoved, context: FactContext) => {
      if (fact.parcel.startsWith('bad')) throw new Error('no');
      await apply('ledger', fact, context);
      context.afterCommit(() => took.set(`${fact.parcel}`, Date.now() - context.time.getTime()));
    };
    await bed.instance([ledger, 'parcel.moved', timed]);
    await bed.publish({ key: 'first', step: 1 });
    await bed.expectApplied('ledger', 'first', [1]);
    const usual = await latency('usual', (index) => `a${index}`);
    const withPoison = await latency('with poison', (index) => (index % 100 === 50 ? `bad${index}` : `b${index}`));
    expect(withPoison).toBeLessThan(Math.max(usual * 2, 50) * 5);

    async function latency(_: string, nameOf: (index: number) => string): Promise<number> {
      took.clear();
      for (const index of upTo(300)) await bed.publish({ key: nameOf(index), step: 1 });
      await eventually(() => expect(took.size).toBeGreaterThan(290));
      const sorted = [...took.values()].sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
    }
  });
});
