import type { Document } from 'mongodb';

/**
 * The clock of a key: microseconds since 1970 by the database's time, and always more than before, so that it rises even
 * where the database's time does not. An update that advances it, in a document that every transaction of the key writes,
 * makes those transactions conflict with each other: their clocks are in the order of their commits, and no service's
 * time matters.
 *
 * The last clock of `count` new facts, as an expression for an update pipeline; theirs are `clock - count + 1` to `clock`.
 * @param path of the document's clock: `'$clock'`
 */
export function advancedClock(path: `$${string}`, count: number): Document {
  return { $max: [{ $multiply: [{ $toLong: '$$NOW' }, 1_000] }, { $add: [{ $ifNull: [path, 0] }, count] }] };
}

/**
 * The same, reckoned here, for a transaction that has read the document first and writes it afterwards.
 * @param last the document's clock; null or undefined for a new one
 * @param now the database's time (`$$NOW`), read together with the document; never that of this process
 */
export function nextClock(last: number | null | undefined, now: Date, count: number): number {
  return Math.max(now.getTime() * 1_000, (last ?? 0) + count);
}

/** When a clock was had: the database's time, unless the clock was ahead of it. */
export function timeOfClock(clock: number): Date {
  return new Date(Math.floor(clock / 1_000));
}
