import { randomUUID } from 'node:crypto';

/** A UUIDv7 (RFC 9562): ids made later sort later, so that indexes on them stay dense. `now` in milliseconds. */
export function factId(now: number = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  // The variant and the random rest of a UUIDv4, which Node draws in advance.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
