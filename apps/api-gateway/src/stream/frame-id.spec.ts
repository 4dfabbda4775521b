import { frameId, logName, readFrameId } from './frame-id.js';

const log = logName('a-cluster');

describe("a frame's id", () => {
  it('is read as what it was written as', () => {
    const cursor = { log, vector: [0, 35, 36, 4_294_967_296, 0], partial: false };
    expect(readFrameId(frameId(cursor))).toEqual(cursor);
    expect(readFrameId(frameId({ ...cursor, partial: true }))).toEqual({ ...cursor, partial: true });
  });

  it('is short, and fit for a query', () => {
    expect(frameId({ log, vector: [1_000_000, 2_000_000, 3], partial: false })).toMatch(
      /^1\.[0-9a-f]{12}\.lfls\.16v7k\.3$/,
    );
  });

  it('tells the logs of two clusters apart', () => {
    expect(logName('another')).not.toBe(log);
    expect(logName('a-cluster')).toBe(log);
  });

  it.each([
    '',
    '1',
    '1.',
    `1.${log}`,
    `1.${log}.`,
    `1.${log}.1.`,
    `1.${log}.-1`,
    `1.${log}.1A`,
    `1.${log}.1.5e3.1 `,
    `2.${log}.1`,
    `1.${log.slice(1)}.1`,
    `1.${log}.zzzzzzzzzzz`,
    `1.${log}${'.1'.repeat(101)}`,
    `1.${log}.${'1'.repeat(100_000)}`,
  ])('is nothing else: %#', (id) => expect(readFrameId(id)).toBeUndefined());
});
