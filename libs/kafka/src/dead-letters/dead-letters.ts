import type { DataSource, EntityManager } from 'typeorm';
import {
  type DeadLetter,
  type DeadLetterFilter,
  filterValues,
  findDeadLetter,
  listDeadLetters,
  matches,
} from './read.js';
import type { LetterRunner } from './runner.js';
import { dropOldLetters, type KeyOfConsumer, purgeLettersOf } from './store.js';

/** The facts that a service's consumers could not apply: to be looked at, and to be applied once what was wrong is mended. */
export class DeadLetters {
  constructor(
    private readonly background: DataSource,
    private readonly runner: LetterRunner,
  ) {}

  /** The oldest first, at most 1,000. */
  async list(filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
    return listDeadLetters(this.background, filter);
  }

  /** @throws Error when there is no such letter (any more) */
  async show(id: string): Promise<DeadLetter> {
    const letter = await findDeadLetter(this.background, id);
    if (!letter) throw new Error(`There is no dead letter ${id}`);
    return letter;
  }

  /**
   * Applies the letters of the matching keys, each key's in order until one fails; a key without letters flows again.
   * Returns how many were applied and how many are left.
   * @throws what the database throws while it is away
   */
  async replay(filter: DeadLetterFilter = {}): Promise<{ applied: number; remaining: number }> {
    const keys = await this.background.query<KeyOfConsumer[]>(
      `SELECT consumer, topic, key FROM parked_keys WHERE ${matches('parked_keys')} ORDER BY parked_at`,
      filterValues(filter),
    );
    let applied = 0;
    for (const key of keys) applied += (await this.runner.run(key, false)).applied;
    return { applied, remaining: await this.count(filter) };
  }

  /** Deletes what the letters hold about a user who is erased, in the transaction of `manager`. Returns how many. */
  async purgeUser(manager: EntityManager, userId: string): Promise<number> {
    return purgeLettersOf(manager, userId);
  }

  /** Deletes letters of more than 30 days; to be called once an hour or so. Returns how many. */
  async dropOld(): Promise<number> {
    return this.background.transaction((manager) => dropOldLetters(manager));
  }

  private async count(filter: DeadLetterFilter): Promise<number> {
    const [row] = await this.background.query<Array<{ count: string }>>(
      `SELECT count(*) FROM dead_letters WHERE ${matches('dead_letters')}`,
      filterValues(filter),
    );
    return Number(row?.count);
  }
}
