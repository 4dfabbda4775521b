import { portions } from './portions.js';

const itself = (weight: number) => weight;

it('keeps the order, and goes up to the weight that is allowed', () => {
  expect(portions([1, 2, 3, 4, 1], itself, 5)).toEqual([[1, 2], [3], [4, 1]]);
});

it('lets what weighs too much go alone', () => {
  expect(portions([1, 9, 1, 1], itself, 5)).toEqual([[1], [9], [1, 1]]);
});

it('takes what weighs nothing along', () => {
  expect(portions([5, 0, 0, 1], itself, 5)).toEqual([[5, 0, 0], [1]]);
  expect(portions([], itself, 5)).toEqual([]);
});
