import { TokenBucket } from './token-bucket.js';

const takeAll = (bucket: TokenBucket, now: number) => {
  let taken = 0;
  while (bucket.take(now)) taken += 1;
  return taken;
};

describe('a token bucket', () => {
  it('gives so many at once', () => {
    expect(takeAll(new TokenBucket(50, 200, 0), 0)).toBe(200);
  });

  it('fills again in time, and no further than it was', () => {
    const bucket = new TokenBucket(50, 200, 0);
    takeAll(bucket, 0);
    expect(takeAll(bucket, 1_000)).toBe(50);
    expect(takeAll(bucket, 1_010)).toBe(0);
    expect(takeAll(bucket, 1_020)).toBe(1);
    expect(takeAll(bucket, 1_000_000)).toBe(200);
  });

  it('takes nothing back when the clock is set back', () => {
    const bucket = new TokenBucket(50, 2, 10_000);
    expect(bucket.take(0)).toBe(true);
    expect(bucket.take(0)).toBe(true);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.take(20)).toBe(true);
  });
});
