import type { Db } from 'mongodb';
import pg from 'pg';
import { inDocuments } from './documents.js';
import type { Platform } from './platform.js';
import { DOCUMENT_SERVICES, databaseOf, type ServiceDatabase, STORED_SERVICES } from './services.js';

/** Reads the databases with SQL of its own, never through the services: what it finds does not rest on their code. */
export async function rows<T extends object>(
  platform: Platform,
  service: ServiceDatabase,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: platform.databases[service] });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Users whose counts differ from a recount of the follows, each as one line. Empty when all are right. */
export async function wrongCounts(platform: Platform): Promise<string[]> {
  const wrong = await rows<{ line: string }>(
    platform,
    'social_service',
    `WITH recount AS (
       SELECT id, sum(followers)::int AS followers, sum(following)::int AS following FROM (
         SELECT following_id AS id, 1 AS followers, 0 AS following FROM follows WHERE status = 'ACTIVE'
         UNION ALL SELECT follower_id, 0, 1 FROM follows WHERE status = 'ACTIVE') AS ends GROUP BY id)
     SELECT format('%s: %s/%s, should be %s/%s', coalesce(r.id, s.user_id), s.followers_count, s.following_count,
                   r.followers, r.following) AS line
       FROM user_social_stats s FULL JOIN recount r ON r.id = s.user_id
      WHERE (coalesce(s.followers_count, 0), coalesce(s.following_count, 0))
         <> (coalesce(r.followers, 0), coalesce(r.following, 0))`,
  );
  return wrong.map(({ line }) => line);
}

/** The databases in PostgreSQL of the services that keep a copy of the users. */
export async function copiesOf(platform: Platform): Promise<ServiceDatabase[]> {
  const tables = STORED_SERVICES.map(databaseOf).map(async (database) => {
    const [table] = await rows<{ there: boolean }>(
      platform,
      database,
      `SELECT to_regclass('user_cache') IS NOT NULL AS there`,
    );
    return table?.there ? [database] : [];
  });
  return (await Promise.all(tables)).flat();
}

/** Users of user-service and their copies in the other services that differ in name or version, each as one line. */
export async function wrongCopies(platform: Platform): Promise<string[]> {
  const source = await rows<{ line: string }>(
    platform,
    'user_service',
    `SELECT format('%s %s %s v%s', u.id, u.username, p.display_name, u.version) AS line
       FROM users u JOIN user_profiles p ON p.user_id = u.id`,
  );
  const right = new Set(source.map(({ line }) => line));
  const copies = await Promise.all([
    ...(await copiesOf(platform)).map(async (database) => ({ database, here: await linesIn(platform, database) })),
    ...DOCUMENT_SERVICES.map(databaseOf).map(async (database) => ({
      database,
      here: await documentLinesIn(platform, database),
    })),
  ]);
  return copies.flatMap(({ database, here }) => wrongIn(database, new Set(here), right));
}

async function linesIn(platform: Platform, database: ServiceDatabase): Promise<string[]> {
  const copies = await rows<{ line: string }>(
    platform,
    database,
    `SELECT format('%s %s %s v%s', id, username, display_name, version) AS line FROM user_cache WHERE NOT deleted`,
  );
  return copies.map(({ line }) => line);
}

function documentLinesIn(platform: Platform, database: ServiceDatabase): Promise<string[]> {
  const work = async (db: Db) => {
    const copies = await db.collection('user_cache').find({ deleted: false }).toArray();
    return copies.map(({ _id, username, display_name: name, version }) => `${_id} ${username} ${name} v${version}`);
  };
  return inDocuments(platform, work, database);
}

function wrongIn(database: ServiceDatabase, here: ReadonlySet<string>, right: ReadonlySet<string>): string[] {
  const missing = [...right].filter((line) => !here.has(line));
  return [...missing, ...[...here].filter((line) => !right.has(line))].map((line) => `${line} (${database})`);
}

/** The follows as `follower:following`, sorted. */
export async function followsOf(platform: Platform): Promise<string[]> {
  const found = await rows<{ pair: string }>(
    platform,
    'social_service',
    `SELECT follower_id || ':' || following_id AS pair FROM follows ORDER BY 1`,
  );
  return found.map(({ pair }) => pair);
}

/** Every user's display name, by the user's id. */
export async function displayNames(platform: Platform): Promise<Map<string, string>> {
  const found = await rows<{ id: string; name: string }>(
    platform,
    'user_service',
    'SELECT user_id AS id, display_name AS name FROM user_profiles',
  );
  return new Map(found.map(({ id, name }) => [id, name]));
}
