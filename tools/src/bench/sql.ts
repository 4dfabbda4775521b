import pg from 'pg';

/** Runs statements in one connection, which is closed afterwards; gives the rows of each. */
export async function inDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Milliseconds since 1970 at which the newest version of each row was committed, by the row's key as text. */
export async function commitTimes(database: string, table: string, key: string): Promise<Map<string, number>> {
  const rows = await inDatabase(database, async (client) => {
    const text = `SELECT ${key} AS key, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 * 1000 AS at FROM ${table}`;
    return (await client.query<{ key: string; at: number }>(text)).rows;
  });
  return new Map(rows.map(({ key: name, at }) => [name, at]));
}
