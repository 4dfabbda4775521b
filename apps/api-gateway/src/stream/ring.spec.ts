import { type FrameRecord, FrameRing, type RingBounds } from './ring.js';

const position = (begins: number[], clusterId = 'a-cluster') => ({
  clusterId,
  losses: 0,
  partitions: begins.map((begin, partition) => ({
    topic: 'stream.frame',
    partition,
    begin,
    beginEnd: begin,
    next: begin,
  })),
});

function ringOf(begins: number[], bounds: Partial<RingBounds> = {}): FrameRing {
  const ring = new FrameRing({ age: 300_000, entries: 1_000, bytes: 1_000_000, ...bounds });
  ring.begin(position(begins));
  return ring;
}

function record(
  partition: number,
  offset: number,
  o: { factId?: string; momentary?: boolean; text?: string } = {},
): FrameRecord {
  const { factId = `${partition}-${offset}`, momentary = false, text = '' } = o;
  const frame = { type: 'message.sent', time: '2026-11-25T08:00:00.000Z', data: { text } } as const;
  const fact = {
    audience: 'USER',
    audienceId: 'alice',
    exceptUserId: null,
    momentary,
    frame,
    joined: [],
    left: [],
  } as const;
  return { partition, offset, version: offset, factId, fact: { ...fact, joined: [], left: [] } };
}

/** Takes records `[partition, offset]` at time 0. */
function fill(ring: FrameRing, ...records: Array<[partition: number, offset: number]>): void {
  for (const [partition, offset] of records) ring.take(record(partition, offset), 0);
}

/** What a replay would find, from a cursor on. */
function after(ring: FrameRing, vector: number[]): string[] {
  const found: string[] = [];
  for (let number = ring.seek(vector); number < ring.end; number += 1) {
    const entry = ring.at(number);
    if (entry && entry.offset >= (vector[entry.partition] ?? 0)) found.push(entry.factId);
  }
  return found;
}

describe('the ring', () => {
  it('keeps what it receives in that order, and knows what comes next', () => {
    const ring = ringOf([10, 20]);
    fill(ring, [0, 10], [1, 20], [1, 21], [0, 11]);
    expect(ring.next).toEqual([12, 22]);
    expect(after(ring, [10, 20])).toEqual(['0-10', '1-20', '1-21', '0-11']);
  });

  it('finds what a client has not seen, whichever order that client saw it in', () => {
    const ring = ringOf([0, 0]);
    fill(ring, [0, 0], [1, 0], [0, 1], [1, 1], [0, 2]);
    expect(after(ring, [2, 0])).toEqual(['1-0', '1-1', '0-2']);
    expect(after(ring, [0, 2])).toEqual(['0-0', '0-1', '0-2']);
    expect(after(ring, [3, 2])).toEqual([]);
    expect(ring.seek([3, 2])).toBe(ring.end);
  });

  it('takes no record twice, at its offset or at another one', () => {
    const ring = ringOf([0]);
    expect(ring.take(record(0, 0, { factId: 'one' }), 0)).toMatchObject({ factId: 'one' });
    expect(ring.take(record(0, 0, { factId: 'one' }), 0)).toBeUndefined();
    expect(ring.take(record(0, 1, { factId: 'one' }), 0)).toBeUndefined();
    expect([ring.size, ring.next]).toEqual([1, [2]]);
  });

  it('passes on what is momentary and keeps nothing of it', () => {
    const ring = ringOf([0]);
    expect(ring.take(record(0, 0, { momentary: true }), 0)).toBeDefined();
    expect([ring.size, ring.next]).toEqual([0, [1]]);
    expect(ring.covers([0])).toBe(true);
  });

  it('forgets what is too old, and then no longer covers it', () => {
    const ring = ringOf([0], { age: 1_000 });
    ring.take(record(0, 0), 0);
    ring.take(record(0, 1), 900);
    ring.expire(1_001);
    expect(after(ring, [0])).toEqual(['0-1']);
    expect([ring.covers([0]), ring.covers([1]), ring.covers([2])]).toEqual([false, true, true]);
  });

  it.each([
    ['entries', { entries: 3 }],
    ['bytes', { bytes: 1_500 }],
  ])('holds no more %s than it may', (_, bounds) => {
    const ring = ringOf([0], bounds);
    fill(ring, ...Array.from({ length: 50 }, (__, offset): [number, number] => [0, offset]));
    expect(ring.size).toBeLessThanOrEqual(3);
    expect(ring.size).toBeGreaterThanOrEqual(2);
    expect(ring.bytes).toBeLessThanOrEqual(1_500 + 600);
    expect(ring.covers([50 - ring.size])).toBe(true);
    expect(ring.covers([50 - ring.size - 1])).toBe(false);
  });

  it('covers nothing from before it began', () => {
    const ring = ringOf([10, 0]);
    expect([ring.covers([9, 0]), ring.covers([10, 0]), ring.covers([10])]).toEqual([false, true, true]);
  });

  it('says whether it has got as far as a client that comes from elsewhere', () => {
    const ring = ringOf([0, 0]);
    fill(ring, [0, 0]);
    expect([ring.hasReached([1, 0]), ring.hasReached([1, 1]), ring.hasReached([0])]).toEqual([true, false, true]);
  });

  it('gives the same answers after thousands of entries have come and gone', () => {
    const ring = ringOf([0], { entries: 10 });
    fill(ring, ...Array.from({ length: 5_000 }, (__, offset): [number, number] => [0, offset]));
    expect(after(ring, [4_995])).toEqual(['0-4995', '0-4996', '0-4997', '0-4998', '0-4999']);
    expect([ring.first, ring.end, ring.size]).toEqual([4_990, 5_000, 10]);
    expect(ring.at(4_989)).toBeUndefined();
  });

  it('learns of partitions that are added', () => {
    const ring = ringOf([5]);
    ring.extend(position([5, 0]));
    fill(ring, [1, 0]);
    expect(ring.next).toEqual([5, 1]);
    expect(after(ring, [5])).toEqual(['1-0']);
    expect(ring.covers([5])).toBe(true);
  });

  it('begins anew when the log was lost, and still takes nothing twice', () => {
    const ring = ringOf([0]);
    fill(ring, [0, 0]);
    const { generation, log } = ring;
    ring.begin(position([0], 'another'));
    expect([ring.size, ring.bytes, ring.generation]).toEqual([0, 0, generation + 1]);
    expect(ring.log).not.toBe(log);
    expect(ring.take(record(0, 0), 0)).toBeUndefined();
    expect(ring.take(record(0, 1), 0)).toBeDefined();
  });
});
