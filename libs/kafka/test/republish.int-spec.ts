import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fact } from '@plaza/contracts';
import { NoteKept } from './note.facts.js';
import { type Instance, keptNotes, OutboxBed } from './outbox-bed.js';

describe('republishing a state topic', () => {
  let bed: OutboxBed;
  let instance: Instance;

  beforeAll(async () => {
    bed = await OutboxBed.start();
    instance = await bed.running();
  });
  afterAll(() => bed.stop());

  it('publishes every row once, at its version, as a snapshot', async () => {
    await bed.dataSource.query(
      `INSERT INTO notes SELECT 'row-' || lpad(n::text, 5, '0'), n, n * 10 FROM generate_series(1, 1200) n`,
    );
    expect(await instance.republisher.republish('kept-note')).toBe(1200);
    await bed.published();
    const records = await bed.records('kept-note');
    expect(records).toHaveLength(1200);
    expect(records[6]).toMatchObject({
      key: 'row-00007',
      fact: { note: 'row-00007', number: 7 },
      headers: { ce_type: 'kept-note', ce_version: '70', ce_snapshot: 'true' },
    });
    expect(new Set(records.map(({ headers }) => headers.ce_id)).size).toBe(1200);
  });

  it('says so when nobody knows how', async () => {
    await expect(instance.republisher.republish('note')).rejects.toThrow('topic note');
  });

  it('never puts an older state after a newer one that is written meanwhile', async () => {
    let changed = false;
    const slow = await bed.instance({
      republish: [
        {
          topic: 'kept-note',
          // The row changes after it was read for the first time.
          read: async (manager, after, limit) => {
            const rows = await keptNotes.read(manager, after, limit);
            if (!changed) await change('row-00001', 1_000);
            changed = true;
            return rows;
          },
        },
      ],
    });
    await slow.republisher.republish('kept-note');
    await bed.published();
    const versions = (await bed.records('kept-note')).filter(({ key }) => key === 'row-00001').slice(1);
    expect(versions.map(({ fact: { number } }) => number)).toEqual([1_000, 1_000]);
  });

  it('leaves out a row that is no valid fact', async () => {
    await bed.dataSource.query(`UPDATE notes SET number = NULL WHERE note = 'row-00002'`);
    expect(await instance.republisher.republish('kept-note')).toBe(1199);
  });

  async function change(note: string, number: number): Promise<void> {
    await bed.dataSource.transaction(async (manager) => {
      const version = await instance.outbox.add(manager, fact(NoteKept, { note, number }));
      await manager.query(`UPDATE notes SET number = $2, version = $3 WHERE note = $1`, [note, number, version]);
    });
  }
});
