import { randomUUID } from 'node:crypto';
import type { Platform } from '@plaza/e2e';
import { eventually, userState } from '@plaza/testing';
import { inDatabase } from './sql.js';

/**
 * Seconds in which `count` facts `user.updated` of as many users are applied in social-service's cache. They wait in Kafka
 * when it starts; counted is from the first commit to the last, by PostgreSQL's own commit times.
 */
export async function secondsToApply(platform: Platform, count: number): Promise<number> {
  const social = platform.processes.find(({ name }) => name === 'social-service');
  if (!social) throw new Error('social-service must be a process of its own');
  await social.end();
  const marker = `bulk${randomUUID().slice(0, 8)}`;
  await query(platform.databases.user_service, addFacts(marker), [count]);
  await publishedAll(platform);
  social.start();
  await eventually(
    async () => {
      const applied = await counted(platform, marker);
      if (applied < count) throw new Error(`${applied} of ${count} applied`);
    },
    { withinMs: 60_000 },
  );
  const [row] = await query<{ seconds: number }>(
    platform.databases.social_service,
    `SELECT extract(epoch FROM max(at) - min(at))::float8 AS seconds
       FROM (SELECT pg_xact_commit_timestamp(xmin) AS at FROM user_cache WHERE username LIKE $1 || '%') AS times`,
    [marker],
  );
  return row?.seconds ?? Number.NaN;
}

/** Straight into the outbox: what is measured is the consumer's side. */
function addFacts(marker: string): string {
  const { audience } = userState({ id: '', username: '', displayName: '' });
  return `
    SELECT count(outbox_add('user.updated', id::text, 'user.updated', json_build_object(
      'id', id, 'username', '${marker}' || n, 'displayName', 'Bulk ' || n, 'avatarUrl', NULL, 'verified', false,
      'privacyLevel', 'PUBLIC', 'accountStatus', 'ACTIVE', 'audience', '${JSON.stringify(audience)}'::json,
      'createdAt', '2026-11-21T12:00:00.000Z')::json, gen_random_uuid(), NULL::text))
    FROM (SELECT gen_random_uuid() AS id, n FROM generate_series(1, $1::int) AS n) AS users`;
}

async function publishedAll(platform: Platform): Promise<void> {
  await eventually(
    async () => {
      const [row] = await query<{ waiting: string }>(
        platform.databases.user_service,
        'SELECT count(*) AS waiting FROM outbox WHERE published_at IS NULL',
      );
      if (row?.waiting !== '0') throw new Error(`${row?.waiting} facts are not published`);
    },
    { withinMs: 60_000 },
  );
}

async function counted(platform: Platform, marker: string): Promise<number> {
  const [row] = await query<{ count: string }>(
    platform.databases.social_service,
    `SELECT count(*) FROM user_cache WHERE username LIKE $1 || '%'`,
    [marker],
  );
  return Number(row?.count);
}

async function query<T extends object>(database: string, sql: string, values: unknown[] = []): Promise<T[]> {
  return inDatabase(database, async (client) => (await client.query(sql, values)).rows);
}
