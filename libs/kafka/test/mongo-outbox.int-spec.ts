import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@plaza/testing';
import { factId } from '../src/fact-id.js';
import { type OutboxDocument, outboxCollections } from '../src/mongo/documents.js';
import { maintainMongoOutbox } from '../src/mongo/maintenance.js';
import { MongoOutboxRows } from '../src/mongo/outbox-rows.js';
import type { MongoNotes } from './notes-mongo.js';
import { OutboxBed } from './outbox-bed.js';

describe('the outbox in MongoDB', () => {
  let bed: OutboxBed<MongoNotes>;

  beforeEach(async () => {
    bed = await OutboxBed.onMongo();
  });
  afterEach(() => bed.stop());

  async function keys(): Promise<string[]> {
    return (await outboxCollections.outbox(bed.notes.db).find().sort({ key: 1 }).toArray()).map(({ key }) => key);
  }

  async function insert(key: string, state: OutboxDocument['state'], made: number, published = made): Promise<void> {
    const published_at = state === 'PUBLISHED' ? daysAgo(published) : null;
    const fact = { topic: 'note', key, type: 'note.written', clock: made, version: made, payload: '{}' };
    const rest = { traceparent: null, snapshot: false, failed_reason: null, kafka_partition: 0, kafka_offset: 0 };
    const times = { _id: factId(daysAgo(made).getTime()), created_at: daysAgo(made), published_at };
    await outboxCollections.outbox(bed.notes.db).insertOne({ ...fact, ...rest, ...times, state });
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

  it('drops facts a week after they were published', async () => {
    for (let number = 0; number < 1_001; number += 1) await insert(`old-${number}`, 'PUBLISHED', 8);
    await insert('young', 'PUBLISHED', 6);
    await insert('waiting', 'WAITING', 40);
    await insert('failed', 'FAILED', 40);
    await insert('late', 'PUBLISHED', 40, 6);
    expect(await maintainMongoOutbox(bed.notes.db)).toBe(1_001);
    expect(await keys()).toEqual(['failed', 'late', 'waiting', 'young']);
    expect(await maintainMongoOutbox(bed.notes.db)).toBe(0);
  });

  it('drops nothing more once its time is up', async () => {
    await insert('old', 'PUBLISHED', 8);
    expect(await maintainMongoOutbox(bed.notes.db, AbortSignal.abort())).toBe(0);
    expect(await keys()).toEqual(['old']);
  });

  it('forgets the clocks of keys that were not needed for a month', async () => {
    const clocks = outboxCollections.keys(bed.notes.db);
    await clocks.insertOne({ _id: 'old', clock: 1, used_at: daysAgo(31) });
    await clocks.insertOne({ _id: 'young', clock: 1, used_at: daysAgo(29) });
    // MongoDB does so by itself, once a minute.
    await eventually(async () => expect(await clocks.distinct('_id')).toEqual(['young']), { withinMs: 80_000 });
  }, 120_000);
});

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 86_400_000);
}
