import { createTestDatabase, type TestDatabase } from '@plaza/testing';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../src/database/data-source.js';
import { REQUEST_TIMEOUTS } from '../src/database/timeouts.js';
import { createLogger } from '../src/logs/logger.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await createTestDatabase();
  const logger = createLogger({ service: 'post-service', level: 'silent' });
  const pool = { applicationName: 'test', poolSize: 1, timeouts: REQUEST_TIMEOUTS, prepares: true };
  dataSource = await createDataSource({ url: database.url, logger, ...pool }).initialize();
  await dataSource.query('CREATE TABLE notes (id integer, text text)');
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const planned = async () =>
  (await dataSource.query<Array<{ statement: string }>>('SELECT statement FROM pg_prepared_statements')).map(
    ({ statement }) => statement,
  );

it('plans a statement that comes again once, also within transactions', async () => {
  const count = 'SELECT count(*)::int AS count FROM notes WHERE id = $1';
  for (const id of [1, 2, 3, 4]) {
    await dataSource.transaction(async (manager) => {
      await manager.query('INSERT INTO notes VALUES ($1, $2)', [id, 'text']);
      expect(await manager.query(count, [id])).toEqual([{ count: 1 }]);
    });
  }
  expect(await planned()).toEqual(expect.arrayContaining([count, 'INSERT INTO notes VALUES ($1, $2)']));
});

it('does not keep what was asked for once, nor what takes nothing', async () => {
  for (const n of [1, 2, 3]) await dataSource.query(`SELECT ${n} + $1::int`, [n]);
  for (const _ of [1, 2, 3]) await dataSource.query('SELECT 1');
  expect(await planned()).toEqual([]);
});

it('keeps no more than a bounded number', async () => {
  for (let n = 0; n < 310; n += 1) {
    for (const value of [1, 2, 3]) await dataSource.query(`SELECT ${n} + $1::int AS sum`, [value]);
  }
  expect(await planned()).toHaveLength(300);
  expect(await dataSource.query('SELECT 309 + $1::int AS sum', [1])).toEqual([{ sum: 310 }]);
});

it('begins anew when a migration has changed what a statement gives', async () => {
  const all = 'SELECT * FROM notes WHERE id = $1';
  for (const id of [1, 2, 3]) await dataSource.query(all, [id]);
  await dataSource.query('ALTER TABLE notes ADD COLUMN written_by text');
  await dataSource.query('INSERT INTO notes VALUES (7, $1)', ['text']);
  expect(await dataSource.query(all, [7])).toEqual([{ id: 7, text: 'text', written_by: null }]);
  await dataSource.transaction(async (manager) => expect(await manager.query(all, [7])).toHaveLength(1));
});

it('loses the transaction in which it learns that, and no other', async () => {
  const all = 'SELECT * FROM notes WHERE id = $1';
  for (const id of [1, 2, 3]) await dataSource.query(all, [id]);
  await dataSource.query('ALTER TABLE notes ADD COLUMN written_by text');
  const read = () => dataSource.transaction((manager) => manager.query(all, [7]));
  await expect(read()).rejects.toThrow('current transaction is aborted');
  expect(await read()).toEqual([]);
});
