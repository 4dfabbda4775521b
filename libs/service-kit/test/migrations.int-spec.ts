import { createTestDatabase, type TestDatabase } from '@plaza/testing';
import { type DataSource, MigrationInterface, type QueryRunner } from 'typeorm';
import { createDataSource } from '../src/database/data-source.js';
import { MIGRATION_TIMEOUTS } from '../src/database/timeouts.js';
import { createLogger, migrateBackAndForth, migrateDatabase, revertMigrations, runMigrations } from '../src/index.js';
import type { MigrationClass } from '../src/service/definition.js';
import { CreateThings1795300000000, sampleService, Thing } from './sample/sample.js';

const logger = createLogger({ service: 'test', level: 'fatal' });

let database: TestDatabase;
let opened: DataSource[];

beforeEach(async () => {
  opened = [];
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(opened.map((dataSource) => dataSource.destroy()));
  await database.drop();
});

class AddColour1795300000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE things ADD colour text NOT NULL DEFAULT 'RED'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE things DROP colour');
  }
}

class IndexConcurrently1795300000002 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX CONCURRENTLY idx_things_colour ON things (colour)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY idx_things_colour');
  }
}

class Broken1795300000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half_made (id int)');
    await runner.query('this is not SQL');
  }

  async down(): Promise<void> {}
}

async function open(migrations: MigrationClass[]): Promise<DataSource> {
  const parts = { url: database.url, logger, poolSize: 2, timeouts: MIGRATION_TIMEOUTS, applicationName: 'test' };
  const dataSource = await createDataSource({ ...parts, migrations }).initialize();
  opened.push(dataSource);
  return dataSource;
}

const all = [CreateThings1795300000000, AddColour1795300000001, IndexConcurrently1795300000002];

it('runs each migration once, however many processes begin at once', async () => {
  const sources = await Promise.all([1, 2, 3, 4].map(() => open(all)));
  const done = await Promise.all(sources.map((dataSource) => runMigrations(dataSource)));
  expect(done.map((names) => names.length).sort()).toEqual([0, 0, 0, 3]);
});

it('takes back the last steps, and keeps what is older with its data', async () => {
  const dataSource = await open(all);
  await runMigrations(dataSource);
  await dataSource.query("INSERT INTO things (id, name) VALUES (gen_random_uuid(), 'kept')");
  await revertMigrations(dataSource, 2);
  expect(await dataSource.query('SELECT * FROM things')).toEqual([
    expect.not.objectContaining({ colour: expect.anything() }),
  ]);
  await runMigrations(dataSource);
  expect(await dataSource.query('SELECT name, colour FROM things')).toEqual([{ name: 'kept', colour: 'RED' }]);
});

it('runs a migration that came late in spite of newer ones that were run', async () => {
  await runMigrations(await open([CreateThings1795300000000, IndexOfNames1795300000009]));
  const dataSource = await open([CreateThings1795300000000, AddColour1795300000001, IndexOfNames1795300000009]);
  expect(await runMigrations(dataSource)).toEqual(['AddColour1795300000001']);
});

class IndexOfNames1795300000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX idx_things_lower_name ON things (lower(name))');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX idx_things_lower_name');
  }
}

it('leaves nothing of a migration that fails, and what ran before it stands', async () => {
  const dataSource = await open([CreateThings1795300000000, Broken1795300000003]);
  await expect(runMigrations(dataSource)).rejects.toThrow('syntax error');
  const [{ half, things }] = await dataSource.query(
    "SELECT to_regclass('half_made') AS half, to_regclass('things')::text AS things",
  );
  expect({ half, things }).toEqual({ half: null, things: 'things' });
});

it('refuses a migration whose name has no time', async () => {
  class Nameless extends AddColour1795300000001 {}
  const definition = { entities: [Thing], migrations: [Nameless] };
  await expect(migrateDatabase({ url: database.url, definition, logger })).rejects.toThrow('13 digits');
});

it("brings a service's whole database up, down to nothing, and up to the same", async () => {
  const definition = sampleService.database ?? { entities: [], migrations: [] };
  const { up, left, again } = await migrateBackAndForth(database.url, definition, logger);
  expect(up).toEqual(expect.arrayContaining(['r things', 'r signing_keys', 'r jobs', 'p outbox']));
  expect(left).toEqual([]);
  expect(again).toEqual(up);
});
