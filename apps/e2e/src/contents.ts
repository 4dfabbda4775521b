import { rows } from './checker.js';
import type { Platform } from './platform.js';
import { databaseOf, type ServiceDatabase, STORED_SERVICES } from './services.js';

/** What the platform writes by itself, whether anybody asks for something or not. */
const ITS_OWN = ['migrations', 'relay_lease', 'scheduled_jobs', 'consumer_positions'];

/** All rows of all tables, each as a line that begins with database and table. What writes nothing leaves them as they are. */
export async function everythingIn(platform: Platform): Promise<string[]> {
  return (await Promise.all(STORED_SERVICES.map(databaseOf).map((database) => linesOf(platform, database)))).flat();
}

async function linesOf(platform: Platform, database: ServiceDatabase): Promise<string[]> {
  const tables = await rows<{ name: string }>(
    platform,
    database,
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
  );
  const looked = tables.filter(({ name }) => !ITS_OWN.includes(name));
  const selects = looked.map(({ name }) => `SELECT '${database}.${name} ' || t::text AS line FROM ${name} t`);
  return (await rows<{ line: string }>(platform, database, `${selects.join(' UNION ALL ')} ORDER BY 1`)).map(
    ({ line }) => line,
  );
}
