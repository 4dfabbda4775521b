import { describe, expect, it } from '@jest/globals';
import { backoff } from './backoff.js';

describe('backoff', () => {
  it('doubles with each try, up to an hour', () => {
    const longest = [1, 2, 3, 4, 30].map((attempt) => backoff(attempt, () => 1));
    expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 3_600_000]);
  });

  it('is anywhere in its upper half', () => {
    expect([backoff(3, () => 0), backoff(3, () => 0.5)]).toEqual([2_000, 3_000]);
  });
});
