import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { testServers } from './servers.js';

export interface TestDatabase {
  url: string;
  name: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Databases of the same template are migrated once a run and copied then. */
  template?: string;
  migrate?(url: string): Promise<void>;
}

/** A database of one's own on the test server: empty, or a copy of a migrated template. */
export async function createTestDatabase({ template, migrate }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const source = template && migrate ? await migratedTemplate(template, migrate) : undefined;
  await administer((client) => client.query(`CREATE DATABASE ${name} ${source ? `TEMPLATE ${source}` : ''}`));
  const drop = () =>
    administer(async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)));
  return { url: urlOf(name), name, drop };
}

/** Under a lock, because test files of several processes want the same template at once. */
async function migratedTemplate(template: string, migrate: (url: string) => Promise<void>): Promise<string> {
  const name = `template_${template}_${process.ppid}`.replaceAll(/[^a-z0-9_]/gi, '_').toLowerCase();
  await administer(async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return;
    await client.query(`CREATE DATABASE ${name}`);
    try {
      await migrate(urlOf(name));
    } catch (error) {
      // Half a template must not pass for a whole one.
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      throw error;
    }
  });
  return name;
}

async function administer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: testServers().postgresUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  const url = new URL(testServers().postgresUrl);
  url.pathname = `/${name}`;
  return url.toString();
}
