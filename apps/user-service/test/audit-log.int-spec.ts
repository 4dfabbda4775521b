import { createTestDatabase, type TestDatabase } from '@plaza/testing';
import { DataSource } from 'typeorm';
import { AuditLog } from '../src/audit/audit-log.js';
import { migrations } from '../src/database.js';

const bob = '01930000-0000-7000-8000-00000000000b';

describe('audit log', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const log = new AuditLog();

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.url, migrations }).initialize();
    await dataSource.runMigrations({ transaction: 'each' });
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const append = (resourceId: string) =>
    dataSource.transaction((manager) =>
      log.append(manager, {
        actorId: bob,
        action: 'REFRESH_TOKEN_REUSED',
        resourceType: 'session',
        resourceId,
        details: { userAgent: 'Test', z: 1, a: null },
        ip: '203.0.113.7',
      }),
    );

  it('numbers its entries without gaps and binds each to the one before, from many writers at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => append(String(index))));
    const [first, ...rest] = await dataSource.query<
      Array<{ id: string; previous: string; hash: string; sound: boolean }>
    >(`
      SELECT id, encode(previous_hash, 'hex') AS previous, encode(hash, 'hex') AS hash,
             hash = audit_logs_hash(audit_logs) AS sound
      FROM audit_logs ORDER BY id`);
    const all = [first, ...rest];
    expect(all.map((entry) => Number(entry?.id))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(rest.map(({ previous }) => previous)).toEqual(all.slice(0, -1).map((entry) => entry?.hash));
    expect(all.every((entry) => entry?.sound)).toBe(true);
  });

  it('leaves no gap for an entry that was rolled back', async () => {
    await expect(
      dataSource.transaction(async (manager) => {
        await manager.query(
          `INSERT INTO audit_logs (action, resource_type, resource_id) VALUES ('TEST_ENTRY', 'session', 'x')`,
        );
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    await append('next');
    const [row] = await dataSource.query('SELECT max(id) = count(*) AS gapless FROM audit_logs');
    expect(row).toEqual({ gapless: true });
  });

  it.each([
    "UPDATE audit_logs SET details = '{}'",
    "UPDATE audit_logs SET details = '{}' WHERE false",
    'DELETE FROM audit_logs',
    'TRUNCATE audit_logs',
    "INSERT INTO audit_logs (id, action, resource_type, resource_id) VALUES (1, 'TEST_ENTRY', 's', 'x') ON CONFLICT (id) DO UPDATE SET ip = 'x'",
  ])('refuses %s', async (statement) => {
    await expect(dataSource.query(statement)).rejects.toThrow(/append-only/);
  });

  it('shows a row that was changed by someone who could switch the triggers off', async () => {
    await dataSource.query('ALTER TABLE audit_logs DISABLE TRIGGER USER');
    await dataSource.query(`UPDATE audit_logs SET ip = '203.0.113.8' WHERE id = 3`);
    await dataSource.query('ALTER TABLE audit_logs ENABLE TRIGGER USER');
    const broken = await dataSource.query('SELECT id FROM audit_logs WHERE hash <> audit_logs_hash(audit_logs)');
    expect(broken).toEqual([{ id: '3' }]);
  });
});
