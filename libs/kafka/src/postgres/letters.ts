import type { EntityManager } from 'typeorm';
import type { DeadLetter, DeadLetterFilter } from '../dead-letters/read.js';
import type { KeyOfConsumer } from '../dead-letters/store.js';

const selectLetters = `
  SELECT letter.id, letter.consumer, letter.topic, letter.key, coalesce(parked.state, 'PARKED') AS state, letter.type,
    letter.kafka_partition AS partition, letter.kafka_offset AS offset, letter.headers, letter.payload, letter.reason,
    letter.parked_at AS "parkedAt"
  FROM dead_letters AS letter LEFT JOIN parked_keys AS parked USING (consumer, topic, key)`;

export async function readLetters(manager: EntityManager, filter: DeadLetterFilter): Promise<DeadLetter[]> {
  return manager.query<DeadLetter[]>(
    `${selectLetters} WHERE ${matches('letter')} ORDER BY letter.id LIMIT 1000`,
    filterValues(filter),
  );
}

export async function readLetter(manager: EntityManager, id: string): Promise<DeadLetter | undefined> {
  const [letter] = await manager.query<DeadLetter[]>(`${selectLetters} WHERE letter.id = $1`, [id]);
  return letter;
}

// SQL of a filter over a table with the columns of a key, for the values of `filterValues`.
function matches(table: string): string {
  const columns = ['consumer', 'topic', 'key'];
  return columns
    .map((column, index) => `($${index + 1}::text IS NULL OR ${table}.${column} = $${index + 1})`)
    .join(' AND ');
}

function filterValues({ consumer, topic, key }: DeadLetterFilter): Array<string | null> {
  return [consumer ?? null, topic ?? null, key ?? null];
}

export async function countLetters(manager: EntityManager, filter: DeadLetterFilter): Promise<number> {
  const [row] = await manager.query<Array<{ count: string }>>(
    `SELECT count(*) FROM dead_letters WHERE ${matches('dead_letters')}`,
    filterValues(filter),
  );
  return Number(row?.count);
}

export async function readParkedKeys(manager: EntityManager, filter: DeadLetterFilter): Promise<KeyOfConsumer[]> {
  return manager.query<KeyOfConsumer[]>(
    `SELECT consumer, topic, key FROM parked_keys WHERE ${matches('parked_keys')} ORDER BY parked_at`,
    filterValues(filter),
  );
}
