// The floor of the bench, in a process of its own: bare Fastify and pg, doing what the measured route cannot do without.
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.BENCH_POSTGRES_URL, max: 8 });
const app = fastify();

app.get<{ Params: { id: string } }>('/users/:id', async (request) => {
  const { rows } = await pool.query({
    name: 'read',
    text: 'SELECT id, username, display_name, avatar_url, bio, created_at FROM people WHERE id = $1',
    values: [request.params.id],
  });
  return rows[0];
});

app.put<{ Params: { id: string } }>('/follows/:id', async (request) => {
  await pool.query({
    name: 'insert',
    text: 'INSERT INTO follows (follower_id, following_id) VALUES ($1, $2)',
    values: [randomUUID(), request.params.id],
  });
  return { userId: request.params.id };
});

await pool.query(`
  CREATE TABLE people (id uuid PRIMARY KEY, username text, display_name text, avatar_url text, bio text,
                       created_at timestamptz DEFAULT now());
  CREATE TABLE follows (follower_id uuid, following_id uuid, created_at timestamptz DEFAULT now(),
                        PRIMARY KEY (follower_id, following_id));
  INSERT INTO people (id, username, display_name, bio)
    SELECT gen_random_uuid(), 'person' || n, 'Person ' || n, 'One of a thousand' FROM generate_series(1, 1000) n;
`);
const { rows } = await pool.query<{ id: string }>('SELECT id FROM people');
await app.listen({ port: Number(process.env.BENCH_PORT), host: '127.0.0.1' });
process.send?.(rows.map((row) => row.id));
