import type { Client } from 'pg';

/** The people who read: by how many they follow, and how many of those have more readers than the threshold. */
export interface Readers {
  ids: string[];
  followees: number;
  popular: number;
}

const AUTHORS = 6_000;
const POSTS = 100_000;
const KEPT = 1_000;

const AUTHOR = `md5('author ' || n)::uuid`;
const CONTENT = `'Post ' || k || ' is about as long as people''s posts are: some words, a thought, and what led to it. ' || md5(k::text)`;
/** Every author posts as often as any other, in turn. */
const OF_POST = `1 + k::bigint * 7919 % ${AUTHORS}`;
/** The numbers of the authors whom the reader with number r follows, the i-th. */
const FOLLOWED = `1 + (r * 101 + i * 59) % ${AUTHORS}`;

/** The same people, posts and follows in tables as simple as can be. */
export async function fillFloor(client: Client, groups: Readers[]): Promise<void> {
  await client.query(`
    CREATE TABLE people (id uuid PRIMARY KEY, username text, display_name text, avatar_url text, verified boolean);
    CREATE TABLE posts (position bigint PRIMARY KEY, id uuid, author_id uuid, content text, like_count integer DEFAULT 0,
                        comment_count integer DEFAULT 0, share_count integer DEFAULT 0, created_at timestamptz DEFAULT now());
    CREATE TABLE post_likes (post_id uuid, user_id uuid, PRIMARY KEY (post_id, user_id));
    CREATE TABLE follows (follower_id uuid, following_id uuid, PRIMARY KEY (follower_id, following_id));
    INSERT INTO people SELECT ${AUTHOR}, 'author' || n, 'Author ' || n, NULL, false FROM generate_series(1, ${AUTHORS}) n;
    INSERT INTO posts (position, id, author_id, content)
      SELECT k, gen_random_uuid(), md5('author ' || ${OF_POST})::uuid, ${CONTENT} FROM generate_series(1, ${POSTS}) k;
    CREATE INDEX ON posts (author_id, position DESC);`);
  for (const { ids, followees } of groups) {
    await client.query(
      `INSERT INTO follows SELECT id, md5('author ' || ${FOLLOWED})::uuid
         FROM unnest($1::uuid[]) WITH ORDINALITY AS reader (id, r), generate_series(0, $2::int - 1) i`,
      [ids, followees],
    );
  }
  await client.query('VACUUM ANALYZE');
}

/** The same in post-service's database, as its consumers would have left it. */
export async function fillPostService(client: Client, groups: Readers[]): Promise<void> {
  // Counting half a million readers one by one is not what is measured.
  await client.query('SET session_replication_role = replica; SET statement_timeout = 0');
  await client.query(`
    INSERT INTO user_cache (id, username, display_name, verified, privacy_level, account_status, audience, version, deleted,
                            last_synced, created_at, updated_at)
      SELECT ${AUTHOR}, 'author' || n, 'Author ' || n, false, 'PUBLIC', 'ACTIVE', '{}', 1, false, now(), now(), now()
        FROM generate_series(1, ${AUTHORS}) n;
    INSERT INTO posts (id, position, author_id, type, content, privacy)
      SELECT gen_random_uuid(), k, md5('author ' || ${OF_POST})::uuid, 'TEXT', ${CONTENT}, 'PUBLIC'
        FROM generate_series(1, ${POSTS}) k;
    SELECT setval('outbox_id', ${10 * POSTS});`);
  for (const group of groups) await fillRelations(client, group);
  await client.query(`
    INSERT INTO authors (author_id, readers_count, fans_out, merges)
      SELECT author_id, count(*), NOT bool_or(merged), bool_or(merged) FROM relations GROUP BY author_id
      ON CONFLICT (author_id) DO UPDATE SET readers_count = excluded.readers_count;
    INSERT INTO timeline_entries (user_id, position, author_id)
      SELECT reader_id, position, author_id FROM (
        SELECT r.reader_id, p.position, p.author_id, row_number() OVER (PARTITION BY r.reader_id ORDER BY p.position DESC) AS n
          FROM relations r JOIN posts p ON p.author_id = r.author_id WHERE NOT r.merged) AS newest
       WHERE n <= ${KEPT};
    INSERT INTO timelines (user_id, floor_position)
      SELECT user_id, min(position) - 1 FROM timeline_entries GROUP BY user_id HAVING count(*) = ${KEPT};`);
  await client.query('SET session_replication_role = origin');
  await client.query('VACUUM ANALYZE');
}

async function fillRelations(client: Client, { ids, followees, popular }: Readers): Promise<void> {
  await client.query(
    `INSERT INTO relations (reader_id, author_id, follow_status, follow_version, merged)
     SELECT id, md5('author ' || ${FOLLOWED})::uuid, 'ACTIVE', 1, i < $3
       FROM unnest($1::uuid[]) WITH ORDINALITY AS reader (id, r), generate_series(0, $2::int - 1) i`,
    [ids, followees, popular],
  );
}
