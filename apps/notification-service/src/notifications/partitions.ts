import type { DataSource, EntityManager } from 'typeorm';

const DAYS_AHEAD = 3;
export const DAYS_KEPT = 30;

/** A daily partition: `YYYYMMDD`, UTC. */
type Day = string;

/**
 * Makes the partitions of today and the next three days, and drops those whose day ended more than 30 days ago, whole. To be
 * called at least once a day; when it was not, rows fall into the default partition and nothing is lost.
 */
export async function maintainPartitions(database: DataSource): Promise<void> {
  const [{ today }] = await database.query<[{ today: Day }]>(
    `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD') AS today`,
  );
  const present = await days(database);
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
    const day = shift(today, ahead);
    if (!present.includes(day)) await briefly(database, (manager) => create(manager, day));
  }
  for (const day of present.filter((one) => one < shift(today, -DAYS_KEPT))) {
    await briefly(database, (manager) => manager.query(`DROP TABLE IF EXISTS notifications_${day}`));
  }
}

async function days(database: DataSource): Promise<Day[]> {
  const rows = await database.query<Array<{ day: Day }>>(
    `SELECT right(c.relname, 8) AS day FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'notifications'::regclass AND c.relname ~ '^notifications_[0-9]{8}$' ORDER BY day`,
  );
  return rows.map(({ day }) => day);
}

/** Everybody waits behind such a change, so it rather gives up and is tried again next time. */
async function briefly(database: DataSource, change: (manager: EntityManager) => Promise<void>): Promise<void> {
  await database.transaction(async (manager) => {
    await manager.query(`SET LOCAL lock_timeout = '2s'`);
    await change(manager);
  });
}

async function create(manager: EntityManager, day: Day): Promise<void> {
  await manager.query('LOCK TABLE notifications_default IN ACCESS EXCLUSIVE MODE');
  // Whoever had the lock before may have made it.
  const [{ isThere }] = await manager.query<[{ isThere: boolean }]>(
    `SELECT to_regclass('notifications_${day}') IS NOT NULL AS "isThere"`,
  );
  if (isThere) return;
  const range = [`${day} 00:00:00+00`, `${shift(day, 1)} 00:00:00+00`];
  const [inTheWay] = await manager.query<unknown[]>(
    `SELECT FROM notifications_default WHERE created_at >= $1 AND created_at < $2 LIMIT 1`,
    range,
  );
  // As before the first call of a service's life. They are as good where they are.
  if (inTheWay) return;
  // Attached rather than created in place: that locks the parent against other changes of it only.
  await manager.query(
    `CREATE TABLE notifications_${day} (LIKE notifications INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`,
  );
  await manager.query(
    `ALTER TABLE notifications ATTACH PARTITION notifications_${day} FOR VALUES FROM ('${range[0]}') TO ('${range[1]}')`,
  );
}

/** The day `by` days after another. */
function shift(day: Day, by: number): Day {
  const [year, month, date] = [day.slice(0, 4), day.slice(4, 6), day.slice(6)].map(Number);
  const shifted = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, (date ?? 1) + by));
  return shifted.toISOString().slice(0, 10).replaceAll('-', '');
}
