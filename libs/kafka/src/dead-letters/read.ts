import type { DataSource } from 'typeorm';
import type { KeyOfConsumer, ParkedState } from './store.js';

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

const selectLetters = `
  SELECT letter.id, letter.consumer, letter.topic, letter.key, coalesce(parked.state, 'PARKED') AS state, letter.type,
    letter.kafka_partition AS partition, letter.kafka_offset AS offset, letter.headers, letter.payload, letter.reason,
    letter.parked_at AS "parkedAt"
  FROM dead_letters AS letter LEFT JOIN parked_keys AS parked USING (consumer, topic, key)`;

/** The dead letters in a service's database, whether it runs or not: the oldest first, at most 1,000. */
export async function listDeadLetters(dataSource: DataSource, filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
  return dataSource.query<DeadLetter[]>(
    `${selectLetters} WHERE ${matches('letter')} ORDER BY letter.id LIMIT 1000`,
    filterValues(filter),
  );
}

/** One of them; undefined when there is no such letter (any more). */
export async function findDeadLetter(dataSource: DataSource, id: string): Promise<DeadLetter | undefined> {
  const [letter] = await dataSource.query<DeadLetter[]>(`${selectLetters} WHERE letter.id = $1`, [id]);
  return letter;
}

/** SQL of a filter over a table with the columns of a key, for the values of `filterValues`. */
export function matches(table: string): string {
  const columns = ['consumer', 'topic', 'key'];
  return columns
    .map((column, index) => `($${index + 1}::text IS NULL OR ${table}.${column} = $${index + 1})`)
    .join(' AND ');
}

export function filterValues({ consumer, topic, key }: DeadLetterFilter): Array<string | null> {
  return [consumer ?? null, topic ?? null, key ?? null];
}
