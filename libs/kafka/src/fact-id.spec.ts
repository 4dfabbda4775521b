import { describe, expect, it } from '@jest/globals';
import { factId } from './fact-id.js';

describe('factId', () => {
  it('is a UUIDv7 that begins with its time', () => {
    expect(factId(0x0190_1234_5678)).toMatch(/^01901234-5678-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => factId(0))).size).toBe(1_000);
  });
});
