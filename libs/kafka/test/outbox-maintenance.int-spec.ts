import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { outboxCollections } from '../src/mongo/documents.js';
import { MongoOutboxRows } from '../src/mongo/outbox-rows.js';
import { maintainOutbox } from '../src/outbox/maintenance.js';
import { PostgresOutboxRows } from '../src/postgres/outbox-rows.js';
import type { PostgresNotes } from './notes-postgres.js';
import { OutboxBed } from './outbox-bed.js';

describe('maintainOutbox', () => {
  let bed: OutboxBed<PostgresNotes>;

  beforeEach(async () => {
    bed = await OutboxBed.onPostgres();
  });
  afterEach(() => bed.stop());

  it('makes a partition for today and each of the next three days, once', async () => {
    await maintainOutbox(bed.notes.dataSource);
    await maintainOutbox(bed.notes.dataSource);
    expect(await partitions()).toEqual([day(0), day(1), day(2), day(3)]);
    await bed.written(await bed.instance(), 'today', 1);
    expect(await partitionOf('today')).toBe(day(0));
  });

  it('leaves the first facts of a service, and those of days that it missed, where they are', async () => {
    await bed.written(await bed.instance(), 'first', 1);
    await maintainOutbox(bed.notes.dataSource);
    expect(await partitions()).toEqual([day(1), day(2), day(3)]);
    expect(await partitionOf('first')).toBe('outbox_default');
  });

  it('waits for nobody: with a writer in the way it gives up in time and works later', async () => {
    const writer = bed.notes.dataSource.createQueryRunner();
    await writer.startTransaction();
    await writer.query(`SELECT outbox_add('note', 'key', 'note.written', '{}', gen_random_uuid(), NULL)`);
    await expect(maintainOutbox(bed.notes.dataSource)).rejects.toThrow('lock timeout');
    await writer.rollbackTransaction();
    await writer.release();
    await maintainOutbox(bed.notes.dataSource);
    expect(await partitions()).toHaveLength(4);
  });

  it('drops a day after a week, but not with a fact that has not been published', async () => {
    await makeDay(-8, 'published', true);
    await makeDay(-9, 'waiting', false);
    await makeDay(-7, 'young', true);
    await maintainOutbox(bed.notes.dataSource);
    expect((await partitions()).filter((name) => name < day(0))).toEqual([day(-9), day(-7)]);
    const keys = await bed.notes.dataSource.query('SELECT key FROM outbox ORDER BY key');
    expect(keys.map(({ key }: { key: string }) => key)).toEqual(['waiting', 'young']);
  });

  it('deletes old published facts from the default partition', async () => {
    await insert('old', -8, true);
    await insert('waiting', -8, false);
    await insert('young', -6, true);
    await maintainOutbox(bed.notes.dataSource);
    const keys = await bed.notes.dataSource.query('SELECT key FROM outbox_default ORDER BY key');
    expect(keys.map(({ key }: { key: string }) => key)).toEqual(['waiting', 'young']);
  });

  async function partitions(): Promise<string[]> {
    const rows = await bed.notes.dataSource.query(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'outbox'::regclass ORDER BY name`,
    );
    return rows.map(({ name }: { name: string }) => name).filter((name: string) => name !== 'outbox_default');
  }

  async function partitionOf(key: string): Promise<string> {
    const [row] = await bed.notes.dataSource.query(
      `SELECT tableoid::regclass::text AS name FROM outbox WHERE key = $1`,
      [key],
    );
    return row.name;
  }

  async function makeDay(shift: number, key: string, published: boolean): Promise<void> {
    const [from, to] = [at(shift), at(shift + 1)];
    await bed.notes.dataSource.query(
      `CREATE TABLE ${day(shift)} PARTITION OF outbox FOR VALUES FROM ('${from}') TO ('${to}')`,
    );
    await insert(key, shift, published);
  }

  async function insert(key: string, shift: number, published: boolean): Promise<void> {
    await bed.notes.dataSource.query(
      `INSERT INTO outbox (topic, key, type, fact_id, payload, version, created_at, published_at)
       VALUES ('note', $1, 'note.written', gen_random_uuid(), '{}', 1, $2, $3)`,
      [key, at(shift), published ? at(shift) : null],
    );
  }
});

/** Midnight, UTC, that many days from today. */
function at(shift: number): string {
  const date = new Date();
  date.setUTCHours(0, 0, 0, 0);
  date.setUTCDate(date.getUTCDate() + shift);
  return date.toISOString();
}

function day(shift: number): string {
  return `outbox_${at(shift).slice(0, 10).replaceAll('-', '')}`;
}

describe('facts that are to be published again', () => {
  const published = [
    { key: 'frame', topic: 'stream.frame', minutes: 9 },
    { key: 'old frame', topic: 'stream.frame', minutes: 11 },
    { key: 'post', topic: 'post', minutes: 60 },
    { key: 'of a topic that nobody declares', topic: 'unheard-of', minutes: 60 },
    { key: 'of a topic that was not lost', topic: 'comment', minutes: 1 },
  ];
  const lost = ['stream.frame', 'post', 'unheard-of'];
  const stillHeld = ['frame', 'of a topic that nobody declares', 'post'];

  it('are those that their topic would still hold, in PostgreSQL', async () => {
    const bed = await OutboxBed.onPostgres();
    const { dataSource } = bed.notes;
    for (const { key, topic, minutes } of published) {
      await dataSource.query(
        `INSERT INTO outbox (topic, key, type, fact_id, payload, version, published_at)
         VALUES ($1, $2, 'it', gen_random_uuid(), '{}', 1, now() - $3 * interval '1 minute')`,
        [topic, key, minutes],
      );
    }
    await new PostgresOutboxRows(dataSource).unpublish(lost);
    const rows = await dataSource.query('SELECT key FROM outbox WHERE published_at IS NULL ORDER BY key');
    expect(rows.map(({ key }: { key: string }) => key)).toEqual(stillHeld);
    await bed.stop();
  });

  it('are those that their topic would still hold, in MongoDB', async () => {
    const bed = await OutboxBed.onMongo();
    const outbox = outboxCollections.outbox(bed.notes.db);
    for (const [index, { key, topic, minutes }] of published.entries()) {
      const at = new Date(Date.now() - minutes * 60_000);
      const rest = { traceparent: null, snapshot: false, failed_reason: null, kafka_partition: 0, kafka_offset: index };
      const row = { _id: `fact-${index}`, topic, key, type: 'it', clock: index, version: index, payload: '{}' };
      await outbox.insertOne({ ...row, ...rest, state: 'PUBLISHED', created_at: at, published_at: at });
    }
    await new MongoOutboxRows(bed.notes.db).unpublish(lost);
    const rows = await outbox.find({ state: 'WAITING' }).sort({ key: 1 }).toArray();
    expect(rows.map(({ key }) => key)).toEqual(stillHeld);
    await bed.stop();
  });
});
