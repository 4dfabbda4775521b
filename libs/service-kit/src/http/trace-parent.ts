import { randomFillSync } from 'node:crypto';

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A W3C `traceparent` for work of our own: in the caller's trace where it sent a good one, else in a new trace. */
export function childOf(callers: string | undefined): string {
  const [, trace, flags] = (callers && TRACEPARENT.exec(callers)) || [];
  return `00-${trace ?? randomHex(16)}-${randomHex(8)}-${flags ?? '01'}`;
}

// Drawn in advance: asking the system for each request costs more than the rest of its context.
const pool = Buffer.alloc(4_096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
