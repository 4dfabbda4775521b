import { fact, UserCreated } from '@plaza/contracts';
import { actors, userState } from '@plaza/testing';
import { userCacheMongoMigrations } from '../src/index.js';
import { mongoStore, postgresStore } from './stores.js';

const columns = `SELECT column_name, data_type, is_nullable FROM information_schema.columns
                  WHERE table_name = 'user_cache' ORDER BY ordinal_position`;

it('migrates up, down and up again on data, to the same table', async () => {
  const { dataSource, apply, findMany, close } = await postgresStore();
  const { id } = actors.alice;
  const users = [{ fact: fact(UserCreated, userState(actors.alice)), version: 1 }];
  try {
    await apply(users);
    const before = await dataSource.query(columns);
    await dataSource.undoLastMigration();
    expect(await dataSource.query(columns)).toEqual([]);
    await dataSource.runMigrations();
    expect(await dataSource.query(columns)).toEqual(before);
    await apply(users);
    expect((await findMany([id])).get(id)?.version).toBe(1);
  } finally {
    await close();
  }
});

it('has exactly the columns that the entity knows', async () => {
  const { dataSource, close } = await postgresStore();
  try {
    const upQueries = (await dataSource.driver.createSchemaBuilder().log()).upQueries.map((it) => it.query);
    // Checks are the database's own; TypeORM would drop what the entity doesn't repeat.
    expect(upQueries.filter((it) => !it.includes('DROP CONSTRAINT "ck_'))).toEqual([]);
  } finally {
    await close();
  }
});

it("refuses a deleted user's row that still says something personal", async () => {
  const { dataSource, apply, close } = await postgresStore();
  try {
    await apply([{ fact: fact(UserCreated, userState(actors.alice)), version: 1 }]);
    await expect(dataSource.query('UPDATE user_cache SET deleted = true')).rejects.toThrow('ck_user_cache_deleted');
  } finally {
    await close();
  }
});

describe('in MongoDB', () => {
  const users = [{ fact: fact(UserCreated, userState(actors.alice)), version: 1 }];

  it('migrates up, down and up again on data', async () => {
    const { db, apply, findMany, close } = await mongoStore();
    try {
      await apply(users);
      for (const migration of userCacheMongoMigrations) await migration.down(db);
      expect(await db.listCollections().toArray()).toEqual([]);
      for (const migration of userCacheMongoMigrations) await migration.up(db);
      await apply(users);
      expect((await findMany([actors.alice.id])).get(actors.alice.id)?.version).toBe(1);
    } finally {
      await close();
    }
  });

  it.each([
    ["a deleted user's entry that still says something personal", { deleted: true }],
    ['an entry of somebody who is there, without a name', { username: null }],
    ['a field of another type', { version: 'high' }],
  ])('refuses %s', async (_, change) => {
    const { db, apply, close } = await mongoStore();
    try {
      await apply(users);
      const changed = db.collection('user_cache').updateOne({}, { $set: change });
      await expect(changed).rejects.toThrow('Document failed validation');
    } finally {
      await close();
    }
  });
});
