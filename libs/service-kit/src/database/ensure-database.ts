import pg from 'pg';
import { isUniqueViolation, sqlState } from './database-errors.js';

const NO_SUCH_DATABASE = '3D000';
const DUPLICATE_DATABASE = '42P04';

/**
 * Makes the database that the URL names, where the server does not have it yet. Safe for several at once.
 * @throws what pg throws when the server can't be reached or refuses
 */
export async function ensureDatabase(url: string): Promise<void> {
  try {
    await withClient(url, async () => undefined);
  } catch (error) {
    if (sqlState(error)?.code !== NO_SUCH_DATABASE) throw error;
    await makeDatabase(url);
  }
}

async function makeDatabase(url: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const maintenance = Object.assign(new URL(url), { pathname: '/postgres' });
  try {
    await withClient(maintenance.href, (client) =>
      client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE template0 ENCODING 'UTF8'`),
    );
  } catch (error) {
    const madeByAnother = sqlState(error)?.code === DUPLICATE_DATABASE || isUniqueViolation(error);
    if (!madeByAnother) throw error;
  }
}

async function withClient(url: string, run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000, query_timeout: 15_000 });
  try {
    await client.connect();
    await run(client);
  } finally {
    await client.end();
  }
}
