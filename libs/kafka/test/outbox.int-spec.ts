import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fact } from '@plaza/contracts';
import { eventually } from '@plaza/testing';
import { Outbox } from '../src/outbox/outbox.js';
import { traceStorage } from '../src/trace.js';
import { NoteWritten } from './note.facts.js';
import type { PostgresNotes } from './notes-postgres.js';
import { databases, type Instance, OutboxBed } from './outbox-bed.js';

describe.each(databases)('outbox in %s', (on) => {
  let bed: OutboxBed;
  let instance: Instance;

  beforeAll(async () => {
    bed = await OutboxBed.start({ on });
    instance = await bed.running();
  });
  afterAll(() => bed.stop());

  it('refuses a fact that breaks its rules', async () => {
    const wrong = { note: 'wrong', number: 'one' as unknown as number, text: '' };
    await expect(bed.write(instance, NoteWritten, wrong)).rejects.toThrow('note.written is invalid');
  });

  it('publishes nothing of a transaction that is rolled back', async () => {
    const undone = fact(NoteWritten, { note: 'undone', number: 1, text: '' });
    const rolledBack = instance.addSlowly(undone, { thenThrow: 'changed my mind' });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    await bed.written(instance, 'done', 1);
    await bed.published();
    const keys = (await bed.records('note')).map(({ key }) => key);
    expect(keys).toContain('done');
    expect(keys).not.toContain('undone');
  });

  it('publishes a fact with its envelope, where the row says', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const version = await traceStorage.run({ traceparent }, () => bed.written(instance, 'traced', 7, 'with ünicode'));
    await bed.published();
    const record = (await bed.records('note')).at(-1);
    expect(record).toMatchObject({ key: 'traced', fact: { note: 'traced', number: 7, text: 'with ünicode' } });
    expect(record?.headers).toMatchObject({
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_type: 'note.written',
      ce_subject: 'traced',
      ce_source: 'urn:plaza:post-service',
      ce_version: String(version),
      ce_traceparent: traceparent,
    });
    expect(record?.headers.ce_snapshot).toBeUndefined();
    expect(await bed.notes.placeOf('traced')).toEqual({
      factId: record?.headers.ce_id,
      partition: record?.partition,
      offset: record?.offset,
    });
  });

  it('draws a higher version for each fact of a key', async () => {
    const first = await bed.written(instance, 'versioned', 2);
    expect(await bed.written(instance, 'versioned', 3)).toBeGreaterThan(first);
  });

  it('wakes the relay by the commit, not by its poll', async () => {
    expect(await quickOf20(instance, 'quick')).toBeGreaterThan(10);
  });

  it('wakes the relay of another instance', async () => {
    expect(await quickOf20(await bed.instance(), 'quick-elsewhere')).toBeGreaterThan(10);
  });

  it('tells its metrics', async () => {
    const text = await instance.registry.metrics();
    expect(text).toContain('plaza_outbox_backlog 0');
    expect(text).toContain('plaza_relay_holder 1');
    expect(text).toMatch(/plaza_outbox_publish_seconds_count [1-9]/);
    expect(instance.link).toMatchObject({ connected: true, seenOnce: true });
    expect(await instance.backlog()).toBe(0);
  });

  it('has everything that is published marked when the relay stops', async () => {
    const before = await endOf('note');
    await bed.written(instance, 'last', 1);
    await eventually(async () => expect(await endOf('note')).toBeGreaterThan(before));
    await instance.stop();
    expect(await bed.notes.waiting()).toBe(0);
  });

  /**
   * How many of 20 facts, one after the other, take at most 0.1 s from their creation to their acknowledgement. The poll
   * alone would need 0.125 s in the middle.
   */
  async function quickOf20(writer: Instance, key: string): Promise<number> {
    const before = await publishedWithin('0.1');
    for (let number = 0; number < 20; number += 1) {
      await bed.written(writer, key, number);
      await bed.published();
    }
    return (await publishedWithin('0.1')) - before;
  }

  async function publishedWithin(seconds: string): Promise<number> {
    const text = await instance.registry.metrics();
    const line = new RegExp(`^plaza_outbox_publish_seconds_bucket\\{le="${seconds}"\\} (\\d+)$`, 'm');
    return Number(line.exec(text)?.[1] ?? Number.NaN);
  }

  async function endOf(topic: string): Promise<number> {
    const admin = bed.kafka().admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(`${bed.settings.prefix}${topic}`);
    await admin.disconnect();
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }
});

describe('outbox in PostgreSQL, in SQL', () => {
  let bed: OutboxBed<PostgresNotes>;
  let outbox: Outbox;

  beforeAll(async () => {
    bed = await OutboxBed.onPostgres();
    const { relay } = await bed.running();
    outbox = new Outbox(bed.notes.dataSource, () => relay.wake());
  });
  afterAll(() => bed.stop());

  it('refuses a fact outside a transaction', async () => {
    const note = fact(NoteWritten, { note: 'loose', number: 1, text: '' });
    await expect(outbox.add(bed.notes.dataSource.manager, note)).rejects.toThrow('open transaction');
  });

  it('takes the version that the caller gives', async () => {
    const { values, call } = outbox.prepare(fact(NoteWritten, { note: 'versioned', number: 1, text: '' }));
    const [given] = await bed.notes.dataSource.query(`SELECT ${call(1, '42')} AS version`, values);
    expect(given.version).toBe('42');
  });

  it('publishes what one statement has written, once it is woken', async () => {
    const { values, call } = outbox.prepare(fact(NoteWritten, { note: 'single', number: 1, text: '' }));
    await bed.notes.dataSource.query(
      `WITH created AS (INSERT INTO notes VALUES ('single', 1, 0) RETURNING note)
       SELECT ${call(1)} FROM created`,
      values,
    );
    outbox.wake();
    await bed.published();
    expect((await bed.records('note')).at(-1)?.key).toBe('single');
  });

  it('adds many facts at once, those of one key in their order', async () => {
    const { dataSource } = bed.notes;
    const notes = ['many-b', 'many-a', 'many-b', 'many-a'].map((note, number) =>
      fact(NoteWritten, { note, number, text: '' }),
    );
    await expect(outbox.addAll(dataSource.manager, notes)).rejects.toThrow('open transaction');
    await dataSource.transaction((manager) => outbox.addAll(manager, notes));
    await bed.published();
    const records = (await bed.records('note')).filter(({ key }) => key.startsWith('many-'));
    expect(records.map(({ key, fact: { number } }) => `${key} ${number}`)).toEqual([
      'many-a 1',
      'many-a 3',
      'many-b 0',
      'many-b 2',
    ]);
  });

  it('publishes what only the statement itself could find, in place of its stand-ins', async () => {
    const { values, call } = outbox.prepare(fact(NoteWritten, { note: 'found', number: 1, text: 'stand-in' }));
    await bed.notes.dataSource.query(
      `WITH created AS (INSERT INTO notes VALUES ('found', 7, 0) RETURNING note, number)
       SELECT ${call(1, 'NULL', { number: 'number', text: 'upper(note)' })} FROM created`,
      values,
    );
    outbox.wake();
    await bed.published();
    expect((await bed.records('note')).at(-1)?.fact).toEqual({ note: 'found', number: 7, text: 'FOUND' });
  });
});
