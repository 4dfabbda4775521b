import { ACCESS_TOKEN_SECONDS } from '@plaza/service-kit';

const MINUTE = 60_000;

/** A key is published at least this long before it signs, so that every service knows it by then. */
export const NOTICE_MS = 15 * MINUTE;
/** A key is made this long before it is due, so that a service that was away for a while still gives the notice. */
const MADE_AHEAD_MS = 60 * MINUTE;
/** A key is accepted this long after its last token has expired. */
const GRACE_MS = 15 * MINUTE;

/** When a new key has to sign from; undefined: none has to be made yet. The first of all signs at once. */
export function nextSignsFrom(
  newest: { signsFrom: Date } | undefined,
  now: Date,
  rotationMs: number,
): Date | undefined {
  if (!newest) return now;
  const due = newest.signsFrom.getTime() + rotationMs;
  if (now.getTime() < due - MADE_AHEAD_MS) return undefined;
  return new Date(Math.max(due, now.getTime() + NOTICE_MS));
}

/** Until when tokens of a key are accepted whose successor signs from then on. */
export function acceptedUntil(successorSignsFrom: Date): Date {
  return new Date(successorSignsFrom.getTime() + ACCESS_TOKEN_SECONDS * 1_000 + GRACE_MS);
}
