import type { DataSource } from 'typeorm';
import { poolOf } from './pool.js';

/** A statement that each connection plans once. */
export interface Prepared {
  /** Unique among the service's prepared statements. */
  readonly name: string;
  readonly text: string;
}

/**
 * Runs a statement of its own, outside of any transaction, that the server has planned before: for the few reads that are
 * asked all the time, where planning costs more than running. Behind PgBouncer in transaction mode it needs
 * `max_prepared_statements` (1.21 or newer).
 * @returns the rows
 */
export async function queryPrepared<T extends object>(
  dataSource: DataSource,
  { name, text }: Prepared,
  values: unknown[],
): Promise<T[]> {
  const { rows } = await poolOf(dataSource).query<T>({ name, text, values });
  return rows;
}
