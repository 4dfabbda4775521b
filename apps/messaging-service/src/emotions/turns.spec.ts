import { Lanes } from '../storage/lanes.js';
import { type Outcome, Turns } from './turns.js';

let lanes: Lanes;
let batches: string[][];

beforeEach(() => {
  lanes = new Lanes();
  batches = [];
});

async function upper(_: string, items: readonly string[]): Promise<Array<Outcome<string>>> {
  batches.push([...items]);
  return items.map((item) => (item === 'bad' ? { refused: new Error('bad') } : { done: item.toUpperCase() }));
}

it('does a lone thing at once', async () => {
  const turns = new Turns(lanes, upper, 10);
  expect(await turns.ask('x', 'a')).toBe('A');
  expect(await turns.ask('x', 'b')).toBe('B');
  expect(batches).toEqual([['a'], ['b']]);
});

it('does together what waits for its turn, as many at once as may be, and each conversation by itself', async () => {
  const turns = new Turns(lanes, upper, 3);
  const { promise, resolve } = Promise.withResolvers<void>();
  const busy = lanes.run(['x'], () => promise);
  const asked = ['a', 'b', 'c', 'd'].map((item) => turns.ask('x', item));
  expect(await turns.ask('y', 'e')).toBe('E');
  resolve();
  expect(await Promise.all(asked)).toEqual(['A', 'B', 'C', 'D']);
  expect(batches).toEqual([['e'], ['a', 'b', 'c'], ['d']]);
  await busy;
});

it('refuses one without the others', async () => {
  const turns = new Turns(lanes, upper, 10);
  const asked = ['a', 'bad', 'c'].map((item) => turns.ask('x', item));
  expect(await Promise.allSettled(asked)).toMatchObject([
    { value: 'A' },
    { reason: { message: 'bad' } },
    { value: 'C' },
  ]);
});

it('tells all what they share, and goes on', async () => {
  let fails = true;
  const turns = new Turns(
    lanes,
    async (id, items: readonly string[]) => {
      if (fails) throw new Error('away');
      return upper(id, items);
    },
    10,
  );
  const asked = ['a', 'b'].map((item) => turns.ask('x', item));
  expect(await Promise.allSettled(asked)).toMatchObject([
    { reason: { message: 'away' } },
    { reason: { message: 'away' } },
  ]);
  fails = false;
  expect(await turns.ask('x', 'c')).toBe('C');
});
