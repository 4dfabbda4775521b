import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@plaza/testing';
import { type OutboxDocument, outboxCollections } from '../src/mongo/documents.js';
import { MongoOutboxRows } from '../src/mongo/outbox-rows.js';
import type { MongoNotes } from './notes-mongo.js';
import { OutboxBed } from './outbox-bed.js';

const day = 86_400_000;

describe('the outbox in MongoDB', () => {
  let bed: OutboxBed<MongoNotes>;

  beforeEach(async () => {
    bed = await OutboxBed.onMongo();
  });
  afterEach(() => bed.stop());

  async function keys(): Promise<string[]> {
    return (await outboxCollections.outbox(bed.notes.db).find().sort({ key: 1 }).toArray()).map(({ key }) => key);
  }

  async function insert(key: string, state: OutboxDocument['state'], days: number): Promise<void> {
    const at = new Date(Date.now() - days * day);
    const fact = { _id: key, topic: 'note', key, type: 'note.written', clock: days, version: days, payload: '{}' };
    const place = { kafka_partition: 0, kafka_offset: 0, published_at: state === 'PUBLISHED' ? at : null };
    const rest = { traceparent: null, snapshot: false, failed_reason: null, created_at: at };
    await outboxCollections.outbox(bed.notes.db).insertOne({ ...fact, ...rest, ...place, state });
  }

  it('holds a week of published facts, and is never looked through as a whole', async () => {
    const { db } = bed.notes;
    await db.command({ profile: 2 });
    const instance = await bed.running();
    await bed.written(instance, 'large', 1, 'x'.repeat(1_200_000));
    await bed.written(instance, 'note', 2);
    await eventually(async () => {
      const metrics = await instance.registry.metrics();
      expect(metrics).toContain('plaza_outbox_backlog 1');
      expect(metrics).toContain('plaza_outbox_failed 1');
    });
    expect(await instance.backlog()).toBe(1);
    const rows = new MongoOutboxRows(db);
    await rows.reloadFailed();
    await rows.retryFailed();
    await db.command({ profile: 0 });
    const operations = await db
      .collection('system.profile')
      .find({ ns: `${db.databaseName}.outbox` })
      .toArray();
    expect(operations.length).toBeGreaterThan(10);
    const scans = operations.filter(({ planSummary }) => planSummary === 'COLLSCAN');
    expect(scans.map(({ command }) => command)).toEqual([]);
  });

  it('leaves a fact alone that another relay has published, when one that took too long gives it up', async () => {
    const instance = await bed.instance();
    await bed.written(instance, 'note', 1);
    const rows = new MongoOutboxRows(bed.notes.db);
    const [row] = await rows.next();
    if (!row) throw new Error('The fact is not there');
    instance.relay.start();
    await bed.published();
    await rows.fail(row, 'too large for the one that took too long');
    expect(await instance.backlog()).toBe(0);
  });

  it('drops published facts after a week, and clocks of keys that were not needed for a month', async () => {
    const clocks = outboxCollections.keys(bed.notes.db);
    await insert('old', 'PUBLISHED', 8);
    await insert('young', 'PUBLISHED', 6);
    await insert('waiting', 'WAITING', 40);
    await insert('failed', 'FAILED', 40);
    await clocks.insertOne({ _id: 'old', clock: 1, used_at: new Date(Date.now() - 31 * day) });
    await clocks.insertOne({ _id: 'young', clock: 1, used_at: new Date(Date.now() - 29 * day) });
    // MongoDB does so by itself, once a minute.
    await eventually(async () => expect(await keys()).toEqual(['failed', 'waiting', 'young']), { withinMs: 80_000 });
    await eventually(async () => expect(await clocks.distinct('_id')).toEqual(['young']), { withinMs: 80_000 });
  }, 120_000);
});
