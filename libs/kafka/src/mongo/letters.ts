import type { Db, Filter } from 'mongodb';
import type { DeadLetter, DeadLetterFilter } from '../dead-letters/read.js';
import { consumerCollections, type LetterDocument } from './consumer-documents.js';
import { given } from './parked.js';

export async function readLetters(db: Db, filter: DeadLetterFilter): Promise<DeadLetter[]> {
  return read(db, given(filter));
}

export async function readLetter(db: Db, id: string): Promise<DeadLetter | undefined> {
  const [letter] = await read(db, { _id: id });
  return letter;
}

export async function countLetters(db: Db, filter: DeadLetterFilter): Promise<number> {
  return consumerCollections.letters(db).countDocuments(given(filter));
}

// What was put aside together is of one partition, and in the order of its log.
async function read(db: Db, filter: Filter<LetterDocument>): Promise<DeadLetter[]> {
  const letters = await consumerCollections
    .letters(db)
    .find(filter)
    .sort({ parked_at: 1, topic: 1, kafka_partition: 1, kafka_offset: 1 })
    .limit(1_000)
    .toArray();
  const ids = [...new Set(letters.map(({ parked }) => parked))];
  const parked = await consumerCollections
    .parked(db)
    .find({ _id: { $in: ids } })
    .toArray();
  const states = new Map(parked.map(({ _id, state }) => [_id, state]));
  return letters.map((letter) => letterOf(letter, states.get(letter.parked) ?? 'PARKED'));
}

function letterOf(letter: LetterDocument, state: DeadLetter['state']): DeadLetter {
  const { _id: id, consumer, topic, key, type, kafka_partition: partition, payload, reason, parked_at } = letter;
  const place = { partition, offset: String(letter.kafka_offset) };
  return {
    ...{ id, consumer, topic, key, state, type, ...place, payload, reason, parkedAt: parked_at },
    headers: JSON.parse(letter.headers),
  };
}
