import { assign, type Subscriber } from './assigner.js';

function member(memberId: string, topics: string[], holds: Subscriber['holds'] = {}): Subscriber {
  return { memberId, topics, holds };
}

function load(share: Record<string, number[]> | undefined): number {
  return Object.values(share ?? {}).flat().length;
}

test('gives a topic only to members that subscribe to it', () => {
  const shares = assign(
    [member('old', ['a']), member('new', ['a', 'b'])],
    new Map([
      ['a', [0, 1]],
      ['b', [0, 1]],
    ]),
  );
  expect(shares.get('old')).not.toHaveProperty('b');
  expect(shares.get('new')?.b).toEqual([0, 1]);
  expect(shares.get('old')?.a).toEqual([0, 1]);
});

test('shares evenly', () => {
  const members = ['x', 'y', 'z'].map((id) => member(id, ['a', 'b']));
  const shares = assign(
    members,
    new Map([
      ['a', [0, 1, 2, 3]],
      ['b', [0, 1, 2, 3]],
    ]),
  );
  expect([...shares.values()].map(load).sort()).toEqual([2, 3, 3]);
});

test('leaves a partition with the member that has it, as far as that is even', () => {
  const holds = { a: [0, 2, 4] };
  const before = [member('x', ['a'], holds), member('y', ['a'], { a: [1, 3, 5] })];
  const partitions = new Map([['a', [0, 1, 2, 3, 4, 5]]]);
  expect(assign(before, partitions).get('x')).toEqual(holds);
  const joined = assign([...before, member('z', ['a'])], partitions);
  expect([...joined.values()].map(load)).toEqual([2, 2, 2]);
  expect(holds.a).toEqual(expect.arrayContaining(joined.get('x')?.a ?? []));
});

test('has an entry for a member that gets nothing, and passes over a topic that nobody wants any more', () => {
  const members = [member('x', ['a'], { gone: [0] }), member('y', ['a'])];
  const shares = assign(members, new Map([['a', [0]]]));
  expect(Object.fromEntries(shares)).toEqual({ x: { a: [0] }, y: {} });
});
