import type { DataSource } from 'typeorm';

const BATCH = 1_000;

/**
 * Deletes rows a thousand at a time, so that no transaction takes long and none is held up; until none is left or the
 * signal is aborted.
 * @param condition SQL of the program's own, never of a user
 */
export async function deleteBatches(
  dataSource: DataSource,
  table: string,
  condition: string,
  signal?: AbortSignal,
): Promise<void> {
  const batch = `ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
  for (let deleted = BATCH; deleted === BATCH && !signal?.aborted; ) {
    [, deleted] = await dataSource.query<[unknown[], number]>(`DELETE FROM ${table} WHERE ctid = ANY (${batch})`);
  }
}
