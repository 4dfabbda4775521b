import { DataSource } from 'typeorm';
import { maintainPartitions } from '../src/notifications/partitions.js';
import { cleanCauses } from '../src/notifications/retention.js';
import { bob, liked, NotificationsUnderTest, postOf, someone } from './under-test.js';

let app: NotificationsUnderTest;
let database: DataSource;

beforeAll(async () => {
  app = await NotificationsUnderTest.start();
  database = await new DataSource({ type: 'postgres', url: app.service.databaseUrl }).initialize();
});
afterAll(async () => {
  await database?.destroy();
  await app?.stop();
});

async function partitions(): Promise<string[]> {
  const rows = await database.query<Array<{ name: string }>>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'notifications'::regclass ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

const day = (offset: number) =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');

it('has partitions for today and the three days to come', async () => {
  await maintainPartitions(database);
  await maintainPartitions(database);
  expect(await partitions()).toEqual(
    expect.arrayContaining(['notifications_default', ...[1, 2, 3].map((ahead) => `notifications_${day(ahead)}`)]),
  );
});

it('has them made once where several make them at the same time', async () => {
  await database.query(`DROP TABLE ${[1, 2, 3].map((ahead) => `notifications_${day(ahead)}`).join(', ')}`);
  await Promise.all([1, 2, 3, 4].map(() => maintainPartitions(database)));
  expect(await partitions()).toEqual(expect.arrayContaining([1, 2, 3].map((ahead) => `notifications_${day(ahead)}`)));
});

it('drops a day once it is 30 days past, with what is in it, and keeps the others', async () => {
  for (const past of [-32, -20]) {
    await database.query(
      `CREATE TABLE notifications_${day(past)} PARTITION OF notifications
         FOR VALUES FROM ('${day(past)} 00:00:00+00') TO ('${day(past + 1)} 00:00:00+00')`,
    );
  }
  await maintainPartitions(database);
  const left = await partitions();
  expect(left).toContain(`notifications_${day(-20)}`);
  expect(left).not.toContain(`notifications_${day(-32)}`);
});

it('forgets causes only after what they have told is gone', async () => {
  const me = someone();
  await app.tell(liked(bob.id, postOf(me)));
  const causes = async () => (await database.query('SELECT FROM causes WHERE recipient_id = $1', [me])).length;
  const age = (days: number) =>
    database.query(`UPDATE causes SET updated_at = now() - $2 * interval '1 day' WHERE recipient_id = $1`, [me, days]);
  await age(31);
  await cleanCauses(database);
  expect(await causes()).toBe(1);
  await age(33);
  await cleanCauses(database);
  expect(await causes()).toBe(0);
});
