import { setTimeout as pause } from 'node:timers/promises';

const BETWEEN_TRIES_MS = 50;

/**
 * Repeats a check until it no longer throws, and gives its result. For what a fault makes late; where facts are on their
 * way, `settle()` waits for just them.
 * @param withinMs default 10,000; after that the check's last error is thrown
 */
export async function eventually<T>(check: () => Promise<T> | T, o: { withinMs?: number } = {}): Promise<T> {
  const deadline = performance.now() + (o.withinMs ?? 10_000);
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(BETWEEN_TRIES_MS);
    }
  }
}
