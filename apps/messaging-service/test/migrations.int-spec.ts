import { mongoMigrationsOf, revertMongoMigrations, runMongoMigrations } from '@plaza/service-kit';
import { createMongoDatabase, type TestMongoDatabase } from '@plaza/testing';
import type { Db } from 'mongodb';
import { messagingService } from '../src/index.js';
import { collections } from '../src/storage/collections.js';

let database: TestMongoDatabase;

beforeAll(async () => {
  database = await createMongoDatabase();
});
afterAll(() => database?.drop());

const { mongo = { migrations: [] } } = messagingService;
const migrations = mongoMigrationsOf(mongo);

/** What the server does anyway, and lists only after rules have been given a second time. */
const unlessSaid = { validationAction: 'error', validationLevel: 'strict' };

/** Collections with their rules and indexes; what the migrations keep of themselves is not part of it. */
async function schemaOf(db: Db): Promise<object[]> {
  const all = await db.listCollections({ name: { $not: /^migrations/ } }, { nameOnly: false }).toArray();
  return Promise.all(
    all
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(async ({ name, options }) => {
        return { name, options: { ...unlessSaid, ...options }, indexes: await db.collection(name).indexes() };
      }),
  );
}

it('takes every migration back and does it again, to the same, also where there are data', async () => {
  const { db } = database;
  await runMongoMigrations(db, migrations);
  const up = await schemaOf(db);
  expect(up).toContainEqual(expect.objectContaining({ name: 'conversations' }));
  await collections.blocks(db).insertOne({ _id: 'a:b', blocker_id: 'a', blocked_id: 'b', active: true, version: 1 });
  await collections.friendships(db).insertOne({ _id: 'a:b', active: true, version: 1 });
  await revertMongoMigrations(db, migrations, migrations.length);
  expect(await schemaOf(db)).toEqual([]);
  expect(await runMongoMigrations(db, migrations)).toEqual(migrations.map(({ name }) => name));
  expect(await schemaOf(db)).toEqual(up);
  expect(await collections.blocks(db).countDocuments()).toBe(0);
});

it('has nothing to do a second time, and each step can be repeated after a crash in it', async () => {
  const { db } = database;
  const before = await schemaOf(db);
  expect(await runMongoMigrations(db, migrations)).toEqual([]);
  for (const migration of migrations) await migration.up(db);
  expect(await schemaOf(db)).toEqual(before);
});

it('refuses documents that are none', async () => {
  const conversation = { _id: 'a', type: 'PARTY' };
  await expect(database.db.collection<{ _id: string }>('conversations').insertOne(conversation)).rejects.toThrow(
    'Document failed validation',
  );
});
