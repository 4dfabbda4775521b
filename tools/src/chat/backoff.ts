const LEAST_MS = 250;
const MOST_MS = 15_000;

/**
 * How long to wait before another try: longer each time, and not all clients at once.
 * @param tries that have failed in a row, from 1 on; @param chance 0 to 1
 */
export function backoff(tries: number, chance: number): number {
  const longest = Math.min(LEAST_MS * 2 ** (tries - 1), MOST_MS);
  return longest / 2 + (longest / 2) * chance;
}
