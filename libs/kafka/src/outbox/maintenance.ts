import type { DataSource, EntityManager } from 'typeorm';

const daysAhead = 3;
const daysKept = 7;

interface Partition {
  name: string;
  /** `YYYYMMDD`, UTC. */
  day: string;
}

/**
 * Makes the partitions of today and the next three days, and drops those whose day ended more than seven days ago, whole.
 * One with a fact that has not been published stays. To be called at least once a day by one instance; when it was not, rows
 * fall into the default partition and nothing is lost.
 */
export async function maintainOutbox(dataSource: DataSource): Promise<void> {
  const [{ today }] = await dataSource.query<[{ today: string }]>(
    `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD') AS today`,
  );
  const partitions = await dailyPartitions(dataSource);
  const present = new Set(partitions.map(({ day }) => day));
  for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
    const day = shift(today, ahead);
    if (!present.has(day)) await inTransaction(dataSource, (manager) => createPartition(manager, day));
  }
  const oldest = shift(today, -daysKept);
  for (const { name, day } of partitions) {
    if (day < oldest) await inTransaction(dataSource, (manager) => dropPartition(manager, name));
  }
  await dataSource.query(
    `DELETE FROM outbox_default WHERE published_at IS NOT NULL AND created_at < now() - $1 * interval '1 day'`,
    [daysKept],
  );
}

async function dailyPartitions(dataSource: DataSource): Promise<Partition[]> {
  const rows = await dataSource.query<Array<{ name: string }>>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'outbox'::regclass AND c.relname ~ '^outbox_[0-9]{8}$' ORDER BY c.relname`,
  );
  return rows.map(({ name }) => ({ name, day: name.slice('outbox_'.length) }));
}

// Both need a lock that all writers of the outbox wait behind, so they rather give up and are tried again next time.
async function inTransaction(dataSource: DataSource, change: (manager: EntityManager) => Promise<void>): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query(`SET LOCAL lock_timeout = '2s'`);
    await change(manager);
  });
}

async function createPartition(manager: EntityManager, day: string): Promise<void> {
  await manager.query(`LOCK TABLE outbox_default IN ACCESS EXCLUSIVE MODE`);
  const from = `${day} 00:00:00+00`;
  const to = `${shift(day, 1)} 00:00:00+00`;
  const [madeMeanwhile] = await manager.query<unknown[]>(`SELECT 1 WHERE to_regclass($1) IS NOT NULL`, [
    `outbox_${day}`,
  ]);
  if (madeMeanwhile) return;
  const [inDefault] = await manager.query<unknown[]>(
    `SELECT 1 FROM outbox_default WHERE created_at >= $1 AND created_at < $2 LIMIT 1`,
    [from, to],
  );
  // As before the first call of a service's life. They are as good where they are, and moving them would cross the relay.
  if (inDefault) return;
  // Attached rather than created in place: that locks the parent against other changes of it only.
  await manager.query(`CREATE TABLE outbox_${day} (LIKE outbox INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
  await manager.query(`ALTER TABLE outbox ATTACH PARTITION outbox_${day} FOR VALUES FROM ('${from}') TO ('${to}')`);
}

async function dropPartition(manager: EntityManager, name: string): Promise<void> {
  const [unpublished] = await manager.query<unknown[]>(`SELECT 1 FROM ${name} WHERE published_at IS NULL LIMIT 1`);
  if (!unpublished) await manager.query(`DROP TABLE ${name}`);
}

/** The day `by` days after a `YYYYMMDD`. */
function shift(day: string, by: number): string {
  const [year, month, date] = [day.slice(0, 4), day.slice(4, 6), day.slice(6)].map(Number);
  const shifted = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, (date ?? 1) + by));
  return shifted.toISOString().slice(0, 10).replaceAll('-', '');
}
