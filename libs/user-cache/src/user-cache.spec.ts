import { jest } from '@jest/globals';
import type { UserCacheEntry } from './user-cache.entity.js';
import { UserCache } from './user-cache.js';

const id = '01930000-0000-7000-8000-00000000000a';

/** A table of which the test says what is in it; the real stores have their own tests. */
class Table {
  readonly rows = new Map<string, UserCacheEntry>();
  reads = 0;
  applied = 0;
  broken = false;

  async findMany(ids: readonly string[]): Promise<Map<string, UserCacheEntry>> {
    this.reads += 1;
    if (this.broken) throw new Error('the database is away');
    return new Map([...this.rows].filter(([id]) => ids.includes(id)));
  }

  async apply(): Promise<void> {
    this.applied += 1;
  }
}

function setUp() {
  const table = new Table();
  return { table, cache: new UserCache(table), alice: { id, username: 'alice' } as UserCacheEntry };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('gives nobody at once where nobody is known and nothing is waited for', async () => {
  const { cache } = setUp();
  await expect(cache.find(id)).resolves.toBeUndefined();
});

it('gives a known user without waiting', async () => {
  const { table, cache, alice } = setUp();
  table.rows.set(id, alice);
  await expect(cache.find(id, { wait: true })).resolves.toBe(alice);
  expect(table.reads).toBe(1);
});

it('wakes those who wait as soon as the fact has been applied here', async () => {
  const { table, cache, alice } = setUp();
  const waiting = [cache.find(id, { wait: true }), cache.find(id, { wait: true })];
  await jest.advanceTimersByTimeAsync(10);
  table.rows.set(id, alice);
  cache.arrived([id]);
  await expect(Promise.all(waiting)).resolves.toEqual([alice, alice]);
});

it('finds within 100 ms what another instance has applied', async () => {
  const { table, cache, alice } = setUp();
  const waiting = cache.find(id, { wait: true });
  await jest.advanceTimersByTimeAsync(250);
  table.rows.set(id, alice);
  await jest.advanceTimersByTimeAsync(100);
  await expect(waiting).resolves.toBe(alice);
});

it('treats as absent who has not come after 2 seconds', async () => {
  const { cache } = setUp();
  let answer: UserCacheEntry | undefined | 'none' = 'none';
  const waiting = cache.find(id, { wait: true }).then((found) => {
    answer = found;
  });
  await jest.advanceTimersByTimeAsync(1_999);
  expect(answer).toBe('none');
  await jest.advanceTimersByTimeAsync(1);
  await waiting;
  expect(answer).toBeUndefined();
});

it('polls once for all who wait, and no more when nobody does', async () => {
  const { table, cache } = setUp();
  const ids = Array.from({ length: 50 }, (_, index) => `${index}`);
  const waiting = Promise.all(ids.map((it) => cache.find(it, { wait: true })));
  await jest.advanceTimersByTimeAsync(0);
  const readsAtFirst = table.reads;
  await jest.advanceTimersByTimeAsync(1_950);
  expect(table.reads - readsAtFirst).toBe(19);
  await jest.advanceTimersByTimeAsync(150);
  await waiting;
  const readsAtLast = table.reads;
  await jest.advanceTimersByTimeAsync(1_000);
  expect(table.reads).toBe(readsAtLast);
});

it('polls again for who waits later', async () => {
  const { table, cache, alice } = setUp();
  const first = cache.find(id, { wait: true });
  await jest.advanceTimersByTimeAsync(2_500);
  await first;
  const second = cache.find(id, { wait: true });
  await jest.advanceTimersByTimeAsync(50);
  table.rows.set(id, alice);
  await jest.advanceTimersByTimeAsync(100);
  await expect(second).resolves.toBe(alice);
});

it('tells those who wait when the database fails', async () => {
  const { table, cache } = setUp();
  const waiting = expect(cache.find(id, { wait: true })).rejects.toThrow('the database is away');
  await jest.advanceTimersByTimeAsync(10);
  table.broken = true;
  await jest.advanceTimersByTimeAsync(100);
  await waiting;
});

it('has others write after it, in the same transaction', async () => {
  const { table, cache } = setUp();
  const written: unknown[] = [];
  cache.alongside(async (...all) => void written.push(table.applied, ...all));
  const [transaction, users] = [{}, [{ fact: { id, deletedAt: '2026-11-25T12:00:00.000Z' }, version: 1 }]];
  await cache.apply(transaction, users);
  expect(written).toEqual([1, transaction, users]);
  expect(written[1]).toBe(transaction);
});
