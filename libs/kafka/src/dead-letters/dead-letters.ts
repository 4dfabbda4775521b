import type { DataSource, EntityManager } from 'typeorm';
import type { LetterRunner } from './runner.js';
import { dropOldLetters, type KeyOfConsumer, type ParkedState, purgeLettersOf } from './store.js';

/** A fact that could not be applied, or that lies behind one, with what is known about it. */
export interface DeadLetter extends KeyOfConsumer {
  id: string;
  /** The state of its key. */
  state: ParkedState;
  type: string;
  partition: number;
  offset: string;
  headers: Record<string, string>;
  /** The bytes as they came. */
  payload: Buffer;
  reason: string;
  parkedAt: Date;
}

/** Which keys are meant: all that match what is given. */
export type DeadLetterFilter = Partial<KeyOfConsumer>;

/** The facts that a service's consumers could not apply: to be looked at, and to be applied once what was wrong is mended. */
export class DeadLetters {
  constructor(
    private readonly background: DataSource,
    private readonly runner: LetterRunner,
  ) {}

  /** The oldest first, at most 1,000. */
  async list(filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
    return this.background.query<DeadLetter[]>(
      `${selectLetters} WHERE ${matches('letter')} ORDER BY letter.id LIMIT 1000`,
      values(filter),
    );
  }

  /** @throws Error when there is no such letter (any more) */
  async show(id: string): Promise<DeadLetter> {
    const [letter] = await this.background.query<DeadLetter[]>(`${selectLetters} WHERE letter.id = $1`, [id]);
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
      values(filter),
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
      values(filter),
    );
    return Number(row?.count);
  }
}

const selectLetters = `
  SELECT letter.id, letter.consumer, letter.topic, letter.key, coalesce(parked.state, 'PARKED') AS state, letter.type,
    letter.kafka_partition AS partition, letter.kafka_offset AS offset, letter.headers, letter.payload, letter.reason,
    letter.parked_at AS "parkedAt"
  FROM dead_letters AS letter LEFT JOIN parked_keys AS parked USING (consumer, topic, key)`;

function matches(table: string): string {
  const columns = ['consumer', 'topic', 'key'];
  return columns
    .map((column, index) => `($${index + 1}::text IS NULL OR ${table}.${column} = $${index + 1})`)
    .join(' AND ');
}

function values({ consumer, topic, key }: DeadLetterFilter): Array<string | null> {
  return [consumer ?? null, topic ?? null, key ?? null];
}
