import { partsOf } from './partition.js';
import type { FactRecord } from './record.js';

function record(offset: number): FactRecord {
  const raw = { topic: 'parcel', partition: 0, offset, key: 'a', headers: {}, value: Buffer.alloc(0) };
  return { ...raw, type: 'parcel.moved', problem: new Error('not of interest here') };
}

const records = [10, 11, 14, 17].map(record);
const offsetsOf = (parts: ReturnType<typeof partsOf>) =>
  parts.map(({ records: some, next }) => [some.map(({ offset }) => offset), next]);

test('cuts a chunk around the fact that failed, each part ending where the next begins', () => {
  expect(offsetsOf(partsOf({ records, next: 20 }, { record: records[2] }))).toEqual([
    [[10, 11], 14],
    [[14], 17],
    [[17], 20],
  ]);
  expect(offsetsOf(partsOf({ records, next: 20 }, { record: records[0] }))).toEqual([
    [[10], 11],
    [[11, 14, 17], 20],
  ]);
});

test('cuts it into single facts where nobody knows which one failed', () => {
  expect(offsetsOf(partsOf({ records, next: 20 }, {}))).toEqual([
    [[10], 11],
    [[11], 14],
    [[14], 17],
    [[17], 20],
  ]);
});
