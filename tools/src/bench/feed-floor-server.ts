// The floor of the feed's bench, in a process of its own: bare Fastify and pg, which gather a home feed when it is read, in
// three ways, and insert a post.
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.BENCH_POSTGRES_URL, max: 8 });
const app = fastify();

const WANTED = `p.id, p.content, p.like_count, p.comment_count, p.share_count, p.created_at, u.id AS author_id, u.username,
  u.display_name, u.avatar_url, u.verified, EXISTS (SELECT FROM post_likes l WHERE l.post_id = p.id AND l.user_id = $1) AS liked`;
const plans: Record<string, string> = {
  // The newest of each followee, then the newest of those.
  lateral: `SELECT ${WANTED} FROM (
      SELECT p.* FROM follows f CROSS JOIN LATERAL (
        SELECT * FROM posts WHERE author_id = f.following_id ORDER BY position DESC LIMIT 21) p
       WHERE f.follower_id = $1 ORDER BY position DESC LIMIT 21) p JOIN people u ON u.id = p.author_id ORDER BY p.position DESC`,
  // From the newest post on, until 21 are by followees.
  newest: `SELECT ${WANTED} FROM (
      SELECT * FROM posts WHERE author_id = ANY (ARRAY(SELECT following_id FROM follows WHERE follower_id = $1))
       ORDER BY position DESC LIMIT 21) p JOIN people u ON u.id = p.author_id ORDER BY p.position DESC`,
  // Left to the planner.
  join: `SELECT ${WANTED} FROM follows f JOIN posts p ON p.author_id = f.following_id JOIN people u ON u.id = p.author_id
          WHERE f.follower_id = $1 ORDER BY p.position DESC LIMIT 21`,
};

app.get<{ Params: { plan: string; reader: string } }>('/feed/:plan/:reader', async ({ params }) => {
  const text = plans[params.plan] ?? '';
  const { rows } = await pool.query({ name: params.plan, text, values: [params.reader] });
  if (rows.length !== 21) throw new Error(`${rows.length} posts`);
  return { items: rows.slice(0, 20) };
});

app.post<{ Body: { content: string } }>('/posts', async ({ body }) => {
  const id = randomUUID();
  await pool.query({
    name: 'insert',
    text: 'INSERT INTO new_posts (id, author_id, content) VALUES ($1, $2, $3)',
    values: [id, id, body.content],
  });
  return { id, content: body.content };
});

await pool.query(
  `CREATE TABLE new_posts (id uuid PRIMARY KEY, author_id uuid, content text, created_at timestamptz DEFAULT now())`,
);
await app.listen({ port: Number(process.env.BENCH_PORT), host: '127.0.0.1' });
process.send?.(Object.keys(plans));
