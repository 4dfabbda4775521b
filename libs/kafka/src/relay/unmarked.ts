import type { OutboxRow } from '../outbox/rows.js';
import type { Placement } from './producer-session.js';

/** So long, in ms, a few facts may stay unmarked. Who is killed meanwhile has published them once more afterwards. */
const markAfter = 100;
/** As many are marked at once: the query for the next ones has to pass over them. */
const markFrom = 100;

/**
 * Rows that Kafka has acknowledged and that the outbox does not know of yet. To mark a few costs almost as much as to mark
 * many, so those of several small batches are marked together.
 */
export class Unmarked {
  rows: OutboxRow[] = [];
  placements: Placement[] = [];
  /** When Kafka acknowledged each row, on this process's monotonic clock. */
  private acknowledged: number[] = [];

  add(rows: OutboxRow[], placements: Placement[]): void {
    const now = performance.now();
    this.rows.push(...rows);
    this.placements.push(...placements);
    this.acknowledged.push(...rows.map(() => now));
  }

  get ids(): string[] {
    return this.rows.map(({ id }) => id);
  }

  /** Milliseconds until they are to be marked. */
  get dueIn(): number {
    const [first] = this.acknowledged;
    if (first === undefined) return Number.POSITIVE_INFINITY;
    return this.rows.length >= markFrom ? 0 : Math.max(0, first + markAfter - performance.now());
  }

  /** How long each row took from its creation to Kafka, in seconds, where `now` is the time on the database's clock. */
  tookUntil(now: Date): number[] {
    const here = performance.now();
    return this.rows.map(({ createdAt }, index) => {
      const since = here - (this.acknowledged[index] ?? here);
      return Math.max(0, now.getTime() - createdAt.getTime() - since) / 1_000;
    });
  }

  clear(): void {
    this.rows = [];
    this.placements = [];
    this.acknowledged = [];
  }
}
