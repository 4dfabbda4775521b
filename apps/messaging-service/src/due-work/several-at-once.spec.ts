import { severalAtOnce } from './several-at-once.js';

it('does all of it, as many at a time as are allowed', async () => {
  const done: number[] = [];
  let [busy, most] = [0, 0];
  await severalAtOnce(2, [1, 2, 3, 4, 5], async (item) => {
    busy += 1;
    most = Math.max(most, busy);
    await Promise.resolve();
    done.push(item);
    busy -= 1;
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});

it('throws a failure after the rest that had begun', async () => {
  const done: number[] = [];
  const doing = severalAtOnce(2, [1, 2, 3], async (item) => {
    if (item === 1) throw new Error('one');
    done.push(item);
  });
  await expect(doing).rejects.toThrow('one');
  expect(done).toEqual([2, 3]);
});
