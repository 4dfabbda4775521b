import type { Db } from 'mongodb';
import type { DataSource } from 'typeorm';
import { storageOf } from '../storage.js';
import type { DeadLetter, DeadLetterFilter } from './read.js';

/** The dead letters in a service's database, whether it runs or not: the oldest first, at most 1,000. */
export async function listDeadLetters(database: DataSource | Db, filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
  return storageOf(database).letters(filter);
}

/** One of them; undefined when there is no such letter (any more). */
export async function findDeadLetter(database: DataSource | Db, id: string): Promise<DeadLetter | undefined> {
  return storageOf(database).letter(id);
}
