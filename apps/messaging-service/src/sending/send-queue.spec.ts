import { Lanes } from '../storage/lanes.js';
import type { Outcome, Send } from './send.js';
import { SendQueue } from './send-queue.js';

/** What the queue has stored: each batch waits until it is let go. */
class Store {
  readonly batches: string[][] = [];
  private readonly gates: Array<() => void> = [];

  readonly store = async (sends: Send[]): Promise<Outcome[]> => {
    this.batches.push(sends.map(({ id }) => id));
    await new Promise<void>((open) => this.gates.push(open));
    return sends.map(({ id }) => ({ refused: new Error(`answer to ${id}`) }));
  };

  letGo(): void {
    this.gates.shift()?.();
  }
}

function send(id: string, conversationId = 'x', deadline = Number.POSITIVE_INFINITY): Send {
  const said = { type: 'TEXT', content: 'hello', metadata: null } as const;
  return { id, conversationId, senderId: 'alice', ...said, mentionedUserIds: [], deadline };
}

/** All that is to happen without anybody letting go of anything has happened. */
async function calm(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function queued(limits = { most: 3, least: 3, atOnce: 2 }) {
  const lanes = new Lanes();
  const stored = new Store();
  const queue = new SendQueue(lanes, stored.store, limits);
  const add = (...sends: Send[]) => sends.map((each) => queue.add(each).catch((error: Error) => error.message));
  return { lanes, stored, queue, add };
}

it('stores a lone send at once', async () => {
  const { stored, add } = queued();
  add(send('a'));
  await calm();
  expect(stored.batches).toEqual([['a']]);
});

it('stores together what came at the same time, up to a limit', async () => {
  const { stored, add } = queued();
  add(send('a'), send('b', 'y'), send('c'), send('d', 'z'));
  await calm();
  expect(stored.batches).toEqual([['a', 'b', 'c'], ['d']]);
});

it('shares out many among the batches, and leaves a conversation in one', async () => {
  const { stored, add } = queued({ most: 9, least: 2, atOnce: 2 });
  add(send('a'), send('b'), send('c', 'y'), send('d', 'z'), send('e', 'y'), send('f', 'x'));
  await calm();
  expect(stored.batches).toEqual([['a', 'b', 'c', 'e', 'f'], ['d']]);
});

it('has a conversation in one batch at a time, and gathers what comes meanwhile', async () => {
  const { stored, add } = queued();
  add(send('a'));
  await calm();
  add(send('b'), send('c'), send('d', 'y'));
  await calm();
  expect(stored.batches).toEqual([['a'], ['d']]);
  stored.letGo();
  await calm();
  expect(stored.batches).toEqual([['a'], ['d'], ['b', 'c']]);
});

it('stores together what waited for the same batch', async () => {
  const { stored, add } = queued();
  add(send('a'), send('b', 'y'));
  await calm();
  add(send('c'), send('d', 'y'));
  await calm();
  expect(stored.batches).toEqual([['a', 'b']]);
  stored.letGo();
  await calm();
  expect(stored.batches).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

it('has no more batches at once than it may', async () => {
  const { stored, add } = queued({ most: 3, least: 3, atOnce: 1 });
  add(send('a'));
  await calm();
  add(send('b', 'y'), send('c', 'z'));
  await calm();
  expect(stored.batches).toEqual([['a']]);
  stored.letGo();
  await calm();
  expect(stored.batches).toEqual([['a'], ['b', 'c']]);
});

it('lets another who writes a conversation finish, and who came later wait', async () => {
  const { lanes, stored, add } = queued();
  const first = Promise.withResolvers<void>();
  void lanes.run(['x'], () => first.promise);
  add(send('a'), send('b', 'y'));
  await calm();
  const later = lanes.run(['x'], async () => void stored.batches.push(['another writer']));
  add(send('c'));
  await calm();
  expect(stored.batches).toEqual([['b']]);
  first.resolve();
  await calm();
  expect(stored.batches).toEqual([['b'], ['a', 'c']]);
  stored.letGo();
  stored.letGo();
  await later;
  expect(stored.batches).toEqual([['b'], ['a', 'c'], ['another writer']]);
});

it('stores together again what came while it waited for another writer', async () => {
  const { lanes, stored, add } = queued();
  const other = Promise.withResolvers<void>();
  void lanes.run(['x'], () => other.promise);
  add(send('a'));
  await calm();
  other.resolve();
  await calm();
  add(send('b', 'y'));
  await calm();
  add(send('c'), send('d', 'y'));
  await calm();
  stored.letGo();
  stored.letGo();
  await calm();
  expect(stored.batches).toEqual([['a'], ['b'], ['c', 'd']]);
});

it('answers each send with its own outcome', async () => {
  const { stored, add } = queued();
  const answers = add(send('a'), send('b'));
  await calm();
  stored.letGo();
  expect(await Promise.all(answers)).toEqual(['answer to a', 'answer to b']);
});

it('does not store what nobody waits for any more', async () => {
  const { stored, add } = queued();
  add(send('a'));
  await calm();
  const [late] = add(send('b', 'x', Date.now() - 1));
  stored.letGo();
  expect(await late).toContain('DEADLINE_EXCEEDED');
  await calm();
  expect(stored.batches).toEqual([['a']]);
});

it('tells when all that was sent is answered', async () => {
  const { stored, queue, add } = queued();
  add(send('a'));
  let drained = false;
  const done = queue.drained().then(() => {
    drained = true;
  });
  await calm();
  expect(drained).toBe(false);
  stored.letGo();
  await done;
  expect(drained).toBe(true);
});

it('tells all of a batch that could not be stored, and goes on', async () => {
  let fails = true;
  const store = async (sends: Send[]): Promise<Outcome[]> => {
    if (fails) throw new Error('away');
    return sends.map(() => ({ refused: new Error('here again') }));
  };
  const queue = new SendQueue(new Lanes(), store, { most: 3, least: 3, atOnce: 1 });
  const both = [queue.add(send('a')), queue.add(send('b', 'y'))];
  await Promise.all(both.map((each) => expect(each).rejects.toThrow('away')));
  fails = false;
  await expect(queue.add(send('c'))).rejects.toThrow('here again');
});
