import type { Batch } from 'kafkajs';
import { pino } from 'pino';
import type { Chunk, PartitionWork } from './feed.js';
import { type FeedSource, type FetchControl, Generation } from './generation.js';
import type { ClusterLog } from './log.js';
import type { RawRecord } from './record.js';

const parcel0 = { topic: 'parcel', partition: 0 };

interface Bench {
  generation: Generation;
  applied: number[];
  calls: string[];
  /** Where `open` says that the partition begins. */
  stored: { offset: number };
  apply: (chunk: Chunk) => Promise<void>;
}

function bench(offset = 0): Bench {
  const calls: string[] = [];
  const control: FetchControl = {
    seek: ({ partition }, to) => calls.push(`seek ${partition} to ${to}`),
    pause: ({ partition }) => calls.push(`pause ${partition}`),
    resume: ({ partition }) => calls.push(`resume ${partition}`),
  };
  const it: Bench = {
    generation: undefined as never,
    applied: [],
    calls,
    stored: { offset },
    apply: async () => undefined,
  };
  const work = (): PartitionWork => ({
    ...parcel0,
    offset: it.stored.offset,
    read: (raw: RawRecord) => ({ ...raw, value: Buffer.alloc(0), type: 'x', problem: new Error('of no interest') }),
    apply: async (chunk) => {
      await it.apply(chunk);
      it.applied.push(...chunk.records.map((record) => record.offset));
      it.stored.offset = chunk.next;
    },
  });
  const source: FeedSource = { open: async () => [{ work: work(), end: 1_000 }] };
  it.generation = new Generation([parcel0], {
    source,
    control,
    log: {} as ClusterLog,
    logger: pino({ level: 'silent' }),
  });
  it.generation.start();
  return it;
}

function batch(from: number, offsets: number[], last = offsets.at(-1) ?? from): Batch {
  const messages = offsets.map((offset) => ({ offset: String(offset), key: null, value: null, headers: {} }));
  const rest = { topic: 'x.parcel', partition: 0, highWatermark: '1000', fetchedOffset: String(from) };
  return { ...rest, messages, lastOffset: () => String(last) } as unknown as Batch;
}

const fresh = () => false;

test('applies what is fetched, over gaps inside a batch and up to its end', async () => {
  const { generation, applied, calls, stored } = bench(5);
  await generation.take(batch(5, [5, 6, 9], 11), 'parcel', fresh);
  await generation.take(batch(12, [12]), 'parcel', fresh);
  await generation.stop();
  expect(applied).toEqual([5, 6, 9, 12]);
  expect(stored.offset).toBe(13);
  expect(calls).toEqual(['seek 0 to 5', 'resume 0']);
});

test('leaves a batch that was fetched before the position was known, and reads it again from there', async () => {
  const { generation, applied, calls } = bench(5);
  await generation.take(batch(0, [0, 1, 2]), 'parcel', () => true);
  await generation.take(batch(0, [0, 1, 2]), 'parcel', fresh);
  await generation.take(batch(5, [5]), 'parcel', fresh);
  await generation.stop();
  expect(applied).toEqual([5]);
  expect(calls).toEqual(['seek 0 to 5', 'resume 0', 'seek 0 to 5', 'resume 0']);
});

test('never passes over records: a batch from further on is believed only when it comes again', async () => {
  const { generation, applied, calls } = bench(0);
  await generation.take(batch(0, [0, 1]), 'parcel', fresh);
  await generation.take(batch(7, [7]), 'parcel', fresh);
  expect(applied).toEqual([0, 1]);
  await generation.take(batch(2, [2, 3]), 'parcel', fresh);
  await generation.take(batch(9, [9]), 'parcel', fresh);
  await generation.take(batch(8, [8]), 'parcel', fresh);
  await generation.stop();
  expect(applied).toEqual([0, 1, 2, 3]);
  expect(calls.filter((call) => call.startsWith('seek'))).toEqual(['seek 0 to 0', 'seek 0 to 2', 'seek 0 to 4']);
});

test('takes a gap that comes again in the same place for what compaction left', async () => {
  const { generation, applied } = bench(0);
  await generation.take(batch(0, [0, 1]), 'parcel', fresh);
  await generation.take(batch(7, [7]), 'parcel', fresh);
  await generation.take(batch(7, [7]), 'parcel', fresh);
  await generation.stop();
  expect(applied).toEqual([0, 1, 7]);
});

test('begins anew at the stored position when a chunk could not be applied, and applies nothing behind it', async () => {
  const one = bench(0);
  let failures = 0;
  one.apply = async () => {
    if (failures++ === 0) throw new Error('lost');
  };
  await one.generation.take(batch(0, [0, 1]), 'parcel', fresh);
  await one.generation.take(batch(2, [2]), 'parcel', fresh);
  await one.generation.take(batch(0, [0, 1, 2]), 'parcel', fresh);
  await one.generation.stop();
  expect(one.applied).toEqual([0, 1, 2]);
});

test('pauses a partition that does not keep up, and resumes it when it has', async () => {
  const one = bench(0);
  const gate = Promise.withResolvers<void>();
  one.apply = () => gate.promise;
  const many = Array.from({ length: 4_000 }, (_, offset) => offset);
  await one.generation.take(batch(0, many), 'parcel', fresh);
  expect(one.calls).toEqual(['seek 0 to 0', 'resume 0', 'pause 0']);
  gate.resolve();
  await one.generation.take(batch(4_000, [4_000]), 'parcel', fresh);
  await one.generation.stop();
  expect(one.calls).toContain('resume 0');
  expect(one.calls.at(-1)).toBe('resume 0');
});

test('finishes the chunk that is being applied when it stops, and takes no other', async () => {
  const one = bench(0);
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  one.apply = () => {
    begun.resolve();
    return gate.promise;
  };
  await one.generation.take(
    batch(
      0,
      Array.from({ length: 120 }, (_, offset) => offset),
    ),
    'parcel',
    fresh,
  );
  await begun.promise;
  const stopped = one.generation.stop();
  gate.resolve();
  await stopped;
  expect(one.applied).toHaveLength(50);
  await one.generation.take(batch(120, [120]), 'parcel', fresh);
  expect(one.applied).toHaveLength(50);
});
