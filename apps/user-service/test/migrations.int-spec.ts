import { createTestDatabase, type TestDatabase } from '@plaza/testing';
import { DataSource } from 'typeorm';
import { migrations } from '../src/database.js';

describe('migrations', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.url, migrations }).initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('go up, down and up again on data, and end with the same schema', async () => {
    await dataSource.runMigrations({ transaction: 'each' });
    const first = await schema(dataSource);
    await fill(dataSource);
    for (const _ of migrations) await dataSource.undoLastMigration({ transaction: 'each' });
    expect(await schema(dataSource)).toEqual([]);
    await dataSource.runMigrations({ transaction: 'each' });
    expect(await schema(dataSource)).toEqual(first);
    await fill(dataSource);
  });

  it('name every constraint and index by the rules', async () => {
    const names = await dataSource.query<Array<{ name: string }>>(`
      SELECT conname AS name FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
      UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = 'public'`);
    const own = names.map(({ name }) => name).filter((name) => !name.includes('migrations') && !name.startsWith('PK_'));
    expect(own.filter((name) => !/^(pk|fk|ck|uq|idx)_[a-z_]+$/.test(name))).toEqual([]);
  });

  it('give every foreign key an index', async () => {
    const bare = await dataSource.query(`
      SELECT conname FROM pg_constraint c WHERE contype = 'f' AND NOT EXISTS (
        SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])`);
    expect(bare).toEqual([]);
  });
});

/** Every column, constraint, index, function and trigger of ours, as text. */
async function schema(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<Array<{ line: string }>>(`
    SELECT line FROM (
      SELECT concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, column_default) AS line
      FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')
    ) AS everything WHERE line NOT LIKE '%migrations%' ORDER BY line`);
  return rows.map(({ line }) => line);
}

/** A row in every table. */
async function fill(dataSource: DataSource): Promise<void> {
  const id = '01930000-0000-7000-8000-00000000000a';
  await dataSource.query(
    `INSERT INTO users (id, email, username, version, contact_version) VALUES ($1, 'alice@example.org', 'alice', 1, 2)`,
    [id],
  );
  await dataSource.query(
    `INSERT INTO user_profiles (user_id, display_name, privacy_settings) VALUES ($1, 'Alice', '{}')`,
    [id],
  );
  await dataSource.query(
    `INSERT INTO user_sessions (id, user_id, family_hash, token_hash, last_used_at, expires_at)
     VALUES ($1, $1, sha256('a'), sha256('b'), now(), now())`,
    [id],
  );
  await dataSource.query(`INSERT INTO login_failures (key, count, blocked_until) VALUES ('k', 1, now())`);
  await dataSource.query(
    `INSERT INTO signing_key_pairs (kid, public_jwk, sealed_private_jwk, signs_from, version)
     VALUES ('k', '{}', 'sealed', now(), 3)`,
  );
  await dataSource.query(
    `INSERT INTO audit_logs (action, resource_type, resource_id) VALUES ('TEST_ENTRY', 'session', 'x')`,
  );
}
