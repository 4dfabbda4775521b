const FIRST_MS = 1_000;
const LONGEST_MS = 3_600_000;

/**
 * How long to wait before the next try, in ms: 1 s after the first, doubled each time, at most 1 h; between half of it and
 * all of it at random, so that what failed together is not tried together.
 * @param attempt tries so far, at least 1
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return Math.round(longest * (0.5 + random() / 2));
}
