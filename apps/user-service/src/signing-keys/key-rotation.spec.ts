import { acceptedUntil, NOTICE_MS, nextSignsFrom } from './key-rotation.js';

const MINUTE = 60_000;
const ROTATION = 30 * 24 * 60 * MINUTE;
const start = new Date('2026-11-21T12:00:00Z');
const later = (ms: number) => new Date(start.getTime() + ms);
const newest = { signsFrom: start };

describe('key rotation', () => {
  it('has the very first key sign at once', () => {
    expect(nextSignsFrom(undefined, start, ROTATION)).toEqual(start);
  });

  it('makes no successor before its time', () => {
    expect(nextSignsFrom(newest, start, ROTATION)).toBeUndefined();
    expect(nextSignsFrom(newest, later(ROTATION - 61 * MINUTE), ROTATION)).toBeUndefined();
  });

  it('makes the successor ahead, to sign when it is due', () => {
    expect(nextSignsFrom(newest, later(ROTATION - 60 * MINUTE), ROTATION)).toEqual(later(ROTATION));
  });

  it('gives notice even when it is late', () => {
    const now = later(2 * ROTATION);
    expect(nextSignsFrom(newest, now, ROTATION)).toEqual(new Date(now.getTime() + NOTICE_MS));
  });

  it('accepts a key until 15 minutes after its last token has expired', () => {
    expect(acceptedUntil(start)).toEqual(later(25 * MINUTE));
  });
});
