import { Recently } from './recently.js';

it('lets something happen once in a while for each key', () => {
  const recently = new Recently(3_000);
  expect(recently.may('a', 0)).toBe(true);
  expect(recently.may('a', 2_999)).toBe(false);
  expect(recently.may('b', 2_999)).toBe(true);
  expect(recently.may('a', 3_000)).toBe(true);
  expect(recently.may('a', 3_001)).toBe(false);
});

it('forgets what is over', () => {
  const recently = new Recently(3_000);
  for (let key = 0; key < 10_000; key += 1) recently.may(`old ${key}`, 0);
  recently.may('new', 3_000);
  expect(recently.size).toBe(1);
});
