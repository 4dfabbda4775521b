import type { MongoMigration } from '@plaza/kafka';
import { createMongoDatabase, eventually, type TestMongoDatabase } from '@plaza/testing';
import {
  migrateMongoBackAndForth,
  migrateMongoDatabase,
  mongoMigrationsOf,
  revertMongoMigrations,
  runMongoMigrations,
} from '../../src/index.js';
import { mongoSample } from './sample.js';

let database: TestMongoDatabase;

beforeEach(async () => {
  database = await createMongoDatabase();
});

afterEach(() => database.drop());

function making(name: string, collection: string): MongoMigration {
  return {
    name,
    up: async (db) => void (await db.createCollection(collection)),
    down: async (db) => void (await db.dropCollection(collection)),
  };
}

const apples = making('20261125T1300-apples', 'apples');
const pears = making('20261125T1310-pears', 'pears');
const plums = making('20261125T1320-plums', 'plums');

const collections = async () => {
  const all = await database.db.listCollections().toArray();
  return all.map(({ name }) => name).filter((name) => !name.startsWith('migrations'));
};

it('runs each migration once, however many processes begin at once', async () => {
  const all = [apples, pears, plums];
  const done = await Promise.all([1, 2, 3, 4].map(() => runMongoMigrations(database.db, all)));
  expect(done.map((names) => names.length).sort()).toEqual([0, 0, 0, 3]);
});

it('takes back the last steps, newest first, and keeps what is older with its data', async () => {
  const all = [apples, pears, plums];
  await runMongoMigrations(database.db, all);
  await database.db.collection('apples').insertOne({ name: 'kept' });
  await revertMongoMigrations(database.db, all, 2);
  expect(await collections()).toEqual(['apples']);
  expect(await database.db.collection('apples').countDocuments()).toBe(1);
  expect(await runMongoMigrations(database.db, all)).toEqual([pears.name, plums.name]);
});

it('does not take back what it does not know', async () => {
  await runMongoMigrations(database.db, [apples, pears]);
  await expect(revertMongoMigrations(database.db, [apples], 1)).rejects.toThrow(pears.name);
});

it('runs a migration that came late in spite of newer ones that were run', async () => {
  await runMongoMigrations(database.db, [apples, plums]);
  expect(await runMongoMigrations(database.db, [apples, pears, plums])).toEqual([pears.name]);
});

it('does a step that failed again, and what ran before it stands', async () => {
  let broken = true;
  const late = { ...pears, up: () => (broken ? Promise.reject(new Error('half-way')) : Promise.resolve()) };
  await expect(runMongoMigrations(database.db, [apples, late])).rejects.toThrow('half-way');
  broken = false;
  expect(await runMongoMigrations(database.db, [apples, late])).toEqual([late.name]);
});

it('waits for who is at it, and goes on when that process has died', async () => {
  const lease = { holder: 'dead', until: { $add: ['$$NOW', 60_000] } };
  const leases = database.db.collection<{ _id: string }>('migrations_lease');
  await leases.updateOne({ _id: 'migrations' }, [{ $set: lease }], { upsert: true });
  let done: string[] | undefined;
  const running = runMongoMigrations(database.db, [apples]).then((names) => {
    done = names;
  });
  await eventually(async () => {
    const [stats] = await database.db
      .collection('migrations_lease')
      .aggregate([{ $collStats: { latencyStats: {} } }])
      .toArray();
    expect(Number(stats?.latencyStats.writes.ops)).toBeGreaterThan(3);
  });
  expect(done).toBeUndefined();
  await leases.updateOne({ _id: 'migrations' }, [{ $set: { until: '$$NOW' } }]);
  await running;
  expect(done).toEqual([apples.name]);
});

it.each([
  ['does not begin with its time', [making('apples', 'apples')]],
  ['two migrations are named', [apples, apples]],
])('refuses what has no order: %s', (message, migrations) => {
  expect(() => mongoMigrationsOf({ migrations })).toThrow(message);
});

it("brings a service's whole database up, down to nothing, and up to the same", async () => {
  const definition = mongoSample.mongo ?? { migrations: [] };
  const { up, left, again } = await migrateMongoBackAndForth(database.url, definition);
  expect(up).toEqual(expect.arrayContaining([expect.stringMatching(/^collection notes \{"validator"/)]));
  expect(up).toEqual(expect.arrayContaining([expect.stringMatching(/^index jobs \{.*"uq_jobs_kind_unique_key"/)]));
  expect(left).toEqual([]);
  expect(again).toEqual(up);
});

it('gives the names of what was run, and none the second time', async () => {
  const parts = { url: database.url, definition: { migrations: [apples] } };
  expect(await migrateMongoDatabase(parts)).toContain(apples.name);
  expect(await migrateMongoDatabase(parts)).toEqual([]);
});
