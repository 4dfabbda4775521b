import { expect, it } from '@jest/globals';
import type { OutboxRow } from '../outbox/rows.js';
import { Unmarked } from './unmarked.js';

function rowsUpTo(count: number): OutboxRow[] {
  return Array.from({ length: count }, (_, index) => ({
    id: String(index),
    ...{ topic: 'note', key: 'note', type: 'note.written', factId: String(index), version: '1', payload: '{}' },
    ...{ traceparent: null, snapshot: false, createdAt: new Date(1_000) },
  }));
}

function unmarked(count: number): Unmarked {
  const some = new Unmarked();
  const rows = rowsUpTo(count);
  some.add(
    rows,
    rows.map((_, offset) => ({ topic: 'note', partition: 0, offset: BigInt(offset) })),
  );
  return some;
}

it('lets a few wait for others', () => {
  expect(unmarked(99).dueIn).toBeGreaterThan(0);
  expect(unmarked(99).dueIn).toBeLessThanOrEqual(100);
});

it('lets many wait for nobody', () => {
  expect(unmarked(100).dueIn).toBe(0);
});

it('waits for nothing where there are none', () => {
  expect(new Unmarked().dueIn).toBe(Number.POSITIVE_INFINITY);
});

it('tells how long Kafka took, without the time that a row has waited to be marked', () => {
  const [seconds = Number.NaN] = unmarked(1).tookUntil(new Date(3_000));
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThanOrEqual(2);
});
