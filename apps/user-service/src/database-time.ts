import type { EntityManager } from 'typeorm';

/** What time it is for the database: the clocks of a service's instances may differ, the database has one. */
export async function databaseTime(manager: EntityManager): Promise<Date> {
  const [row] = await manager.query<Array<{ now: Date }>>('SELECT clock_timestamp() AS now');
  if (!row) throw new Error('the database gave no time');
  return row.now;
}
