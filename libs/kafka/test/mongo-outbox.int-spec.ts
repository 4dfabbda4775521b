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

  async function insert(...documents: OutboxDocument[]): Promise<void> {
    await outboxCollections.outbox(bed.notes.db).insertMany(documents);
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
    const [row] = (await rows.next([])).rows;
    if (!row) throw new Error('The fact is not there');
    instance.relay.start();
    await bed.published();
    await rows.fail(row, 'too large for the one that took too long');
    expect(await instance.backlog()).toBe(0);
  });

  it('is looked through bit by bit for the few facts that a lost topic would still hold', async () => {
    const { db } = bed.notes;
    const outbox = outboxCollections.outbox(db);
    await insert(...many(4_100, { key: 'note', state: 'PUBLISHED', made: 1 }));
    await insert({ ...row({ key: 'frame', state: 'PUBLISHED', made: 0 }), topic: 'stream.frame' });
    await db.command({ profile: 2 });
    await new MongoOutboxRows(db).unpublish(['stream.frame']);
    await db.command({ profile: 0 });
    expect(await outbox.distinct('key', { state: 'WAITING' })).toEqual(['frame']);
    const operations = await db
      .collection('system.profile')
      .find({ keysExamined: { $gt: 0 } })
      .toArray();
    expect(Math.max(...operations.map(({ keysExamined }) => keysExamined))).toBeLessThanOrEqual(2_001);
  });

  it('drops facts a week after they were published', async () => {
    await insert(...many(1_001, { key: 'old', state: 'PUBLISHED', made: 8 }));
    await insert(row({ key: 'young', state: 'PUBLISHED', made: 6 }));
    await insert(row({ key: 'waiting', state: 'WAITING', made: 40 }));
    await insert(row({ key: 'failed', state: 'FAILED', made: 40 }));
    await insert(row({ key: 'late', state: 'PUBLISHED', made: 40, published: 6 }));
    expect(await maintainMongoOutbox(bed.notes.db)).toBe(1_001);
    expect(await keys()).toEqual(['failed', 'late', 'waiting', 'young']);
    expect(await maintainMongoOutbox(bed.notes.db)).toBe(0);
  });

  it('drops nothing more once its time is up', async () => {
    await insert(row({ key: 'old', state: 'PUBLISHED', made: 8 }));
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

/** A fact that was made, and where it is published was published, so many days ago. */
interface Row {
  key: string;
  state: OutboxDocument['state'];
  made: number;
  published?: number;
}

function row({ key, state, made, published = made }: Row): OutboxDocument {
  const published_at = state === 'PUBLISHED' ? daysAgo(published) : null;
  const fact = { topic: 'note', key, type: 'note.written', clock: made, version: made, payload: '{}' };
  const rest = { traceparent: null, snapshot: false, failed_reason: null, kafka_partition: 0, kafka_offset: 0 };
  const times = { _id: factId(daysAgo(made).getTime()), created_at: daysAgo(made), published_at };
  return { ...fact, ...rest, ...times, state };
}

function many(count: number, of: Row): OutboxDocument[] {
  return Array.from({ length: count }, () => row(of));
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 86_400_000);
}
