import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createTestDatabase, eventually } from '../src/index.js';

async function sql(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

const template = () => `testing_${randomBytes(4).toString('hex')}`;

it('migrates a template once, for databases that know nothing of each other', async () => {
  let migrations = 0;
  const migrate = async (url: string) => {
    migrations += 1;
    await sql(url, 'CREATE TABLE t (n int)');
  };
  const o = { template: template(), migrate };
  const [one, two] = await Promise.all([createTestDatabase(o), createTestDatabase(o)]);
  await sql(one.url, 'INSERT INTO t VALUES (1)');
  expect((await sql(two.url, 'SELECT * FROM t')).rows).toEqual([]);
  expect(migrations).toBe(1);
  await Promise.all([one.drop(), two.drop()]);
});

it('does not go on with a template whose migration failed', async () => {
  const name = template();
  const failing = { template: name, migrate: () => Promise.reject(new Error('no such column')) };
  await expect(createTestDatabase(failing)).rejects.toThrow('no such column');
  const database = await createTestDatabase({
    template: name,
    migrate: async (url) => void (await sql(url, 'CREATE TABLE t ()')),
  });
  expect((await sql(database.url, 'SELECT * FROM t')).rows).toEqual([]);
  await database.drop();
});

it('drops a database that is still in use', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client(database.url);
  const cutOff = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await database.drop();
  await cutOff;
  await expect(sql(database.url, 'SELECT 1')).rejects.toThrow('does not exist');
});

it('gives the last error of a check that never succeeds in time', async () => {
  let tries = 0;
  const check = () => Promise.reject(new Error(`try ${++tries}`));
  await expect(eventually(check, { withinMs: 120 })).rejects.toThrow(/^try [2-9]$/);
});
