import { setTimeout as pause } from 'node:timers/promises';
import { inParallel, type Platform, register } from '@plaza/e2e';
import { type Actor, settle } from '@plaza/testing';
import { at, ROUNDS } from './bed.js';
import { percentile } from './load.js';
import { printFigure } from './report.js';
import { commitTimes, inDatabase } from './sql.js';

const READERS = 10_000;
const SMALL = 40;
const PER_SECOND = 20;

/**
 * One person has 10,000 readers, the others 20 each, and all post: how long until the one's post is in all timelines, and how
 * long the others' posts take meanwhile. By PostgreSQL's own commit times of posts and entries.
 */
export async function fanOut(platform: Platform): Promise<void> {
  const [big, ...small] = await register(platform.client, SMALL + 1);
  if (!big) throw new Error('nobody has registered');
  await inDatabase(platform.databases.post_service, async (client) => {
    await client.query(`INSERT INTO relations (reader_id, author_id, follow_status, follow_version)
      SELECT gen_random_uuid(), '${big.id}', 'ACTIVE', 1 FROM generate_series(1, ${READERS})`);
    for (const { id } of small)
      await client.query(`INSERT INTO relations (reader_id, author_id, follow_status, follow_version)
        SELECT gen_random_uuid(), '${id}', 'ACTIVE', 1 FROM generate_series(1, 20)`);
    await client.query('ANALYZE');
  });
  const seconds = [];
  const p99 = [];
  for (const _ of ROUNDS) {
    const { all, others } = await round(platform, big, small);
    seconds.push({ value: all / 1_000 });
    p99.push({ value: percentile(others, 0.99) });
  }
  const name = 'a post by an author with 10,000 readers is in all their timelines';
  printFigure({ name, unit: 's', target: 'at most 3 s', rounds: seconds });
  printFigure({ name: "others' posts meanwhile, p99", unit: 'ms', target: 'at most 200 ms', rounds: p99 });
}

async function round(platform: Platform, big: Actor, small: Actor[]): Promise<{ all: number; others: number[] }> {
  const post = async (author: Actor) => {
    const { status, body } = await author.post<{ id: string }>('/v1/posts', { content: 'How far does this reach?' });
    if (status !== 201) throw new Error(`POST /v1/posts answered ${status}`);
    return body.id;
  };
  const startedAt = performance.now();
  const posts: string[] = [];
  let bigPost = '';
  await inParallel(SMALL, [...Array(SMALL * 3).keys()], async (index) => {
    await pause(Math.max(0, startedAt + (index * 1_000) / PER_SECOND - performance.now()));
    if (index === SMALL) bigPost = await post(big);
    else posts.push(await post(at(small, index)));
  });
  await settle({
    prefix: platform.prefix,
    databases: Object.values(platform.databases),
    brokers: platform.env.PLAZA_KAFKA_BROKERS,
    timeoutMs: 60_000,
  });
  const lags = await lagsOf(platform);
  const all = lags.get(bigPost) ?? Number.NaN;
  return { all, others: posts.map((id) => lags.get(id) ?? Number.NaN) };
}

/** Milliseconds from a post's commit to that of its last timeline entry, by the post's id. */
async function lagsOf(platform: Platform): Promise<Map<string, number>> {
  const database = platform.databases.post_service;
  const made = await commitTimes(database, 'posts', 'id::text');
  const arrived = await inDatabase(database, async (client) => {
    const text = `SELECT p.id, max(extract(epoch FROM pg_xact_commit_timestamp(t.xmin))::float8 * 1000) AS at
                    FROM timeline_entries t JOIN posts p USING (position) GROUP BY p.id`;
    return (await client.query<{ id: string; at: number }>(text)).rows;
  });
  return new Map(arrived.map(({ id, at: last }) => [id, last - (made.get(id) ?? Number.NaN)]));
}
