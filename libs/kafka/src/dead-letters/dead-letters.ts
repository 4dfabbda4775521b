import type { FactContext } from '../consumer/context.js';
import type { ConsumerStorage } from '../consumer/storage.js';
import type { DeadLetter, DeadLetterFilter } from './read.js';
import type { LetterRunner } from './runner.js';

/** The facts that a service's consumers could not apply: to be looked at, and to be applied once what was wrong is mended. */
export class DeadLetters {
  constructor(
    private readonly storage: ConsumerStorage,
    private readonly runner: LetterRunner,
  ) {}

  /** The oldest first, at most 1,000. */
  async list(filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
    return this.storage.letters(filter);
  }

  /** @throws Error when there is no such letter (any more) */
  async show(id: string): Promise<DeadLetter> {
    const letter = await this.storage.letter(id);
    if (!letter) throw new Error(`There is no dead letter ${id}`);
    return letter;
  }

  /**
   * Applies the letters of the matching keys, each key's in order until one fails; a key without letters flows again.
   * Returns how many were applied and how many are left.
   * @throws what the database throws while it is away
   */
  async replay(filter: DeadLetterFilter = {}): Promise<{ applied: number; remaining: number }> {
    const keys = await this.storage.parkedKeys(filter);
    let applied = 0;
    for (const key of keys) applied += (await this.runner.run(key, false)).applied;
    return { applied, remaining: await this.storage.countLetters(filter) };
  }

  /** Deletes what the letters hold about a user who is erased, in the transaction of a handled fact. Returns how many. */
  async purgeUser({ transaction }: FactContext, userId: string): Promise<number> {
    return this.storage.within(transaction).purgeLettersOf(userId);
  }

  /** Deletes letters of more than 30 days; to be called once an hour or so. Returns how many. */
  async dropOld(): Promise<number> {
    return this.storage.transaction((transaction) => transaction.dropOldLetters());
  }
}
