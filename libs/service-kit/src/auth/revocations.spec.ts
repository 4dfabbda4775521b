import { beforeEach, describe, expect, it } from '@jest/globals';
import { Revocations } from './revocations.js';

describe('Revocations', () => {
  let now: number;
  let revocations: Revocations;

  beforeEach(() => {
    now = 1_000_000;
    revocations = new Revocations(() => now, 3);
  });

  function revoke(sessionId: string, inMs: number): void {
    revocations.add({ sessionId, tokensExpireAt: new Date(now + inMs) });
  }

  it('knows a revoked session', () => {
    revoke('a', 100);
    expect(revocations.has('a')).toBe(true);
    expect(revocations.has('b')).toBe(false);
  });

  it('takes no note of a session whose tokens have expired already', () => {
    revoke('a', 0);
    expect(revocations.size).toBe(0);
  });

  it('forgets sessions once their tokens have expired', () => {
    revoke('a', 100);
    revoke('b', 200);
    now += 150;
    revoke('c', 100);
    expect([revocations.has('a'), revocations.has('b'), revocations.size]).toEqual([false, true, 2]);
  });

  it('stays within its bounds, and refuses every token that could belong to one it had to forget', () => {
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) revoke(id, 100 + index);
    expect(revocations.size).toBe(3);
    expect(revocations.has('a')).toBe(false);
    expect(revocations.refusedUntil).toBe(now + 100);
  });
});
